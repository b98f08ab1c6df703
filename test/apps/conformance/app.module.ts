import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { StompModule } from 'nestjs-stomp';
import { AsyncController } from './controllers/async.controller.js';
import { PlainController, RedController } from './controllers/dots.controller.js';
import { EchoController } from './controllers/echo.controller.js';
import { ErrorsController } from './controllers/errors.controller.js';
import { EventsController } from './controllers/events.controller.js';
import { GreetingController } from './controllers/greeting.controller.js';
import { HeadersController } from './controllers/headers.controller.js';
import { PatternController } from './controllers/pattern.controller.js';
import { RegistryController } from './controllers/registry.controller.js';
import * as sendTo from './controllers/send-to.controller.js';
import { SessionController } from './controllers/session.controller.js';
import * as subscribe from './controllers/subscribe.controller.js';
import { TemplateController } from './controllers/template.controller.js';
import { UsersController } from './controllers/users.controller.js';
import { ValidController } from './controllers/valid.controller.js';
import { VarsController } from './controllers/vars.controller.js';
import { Counter } from './counter.js';
import { GlobalAdvice } from './global.advice.js';
import { HttpController } from './http.controller.js';
import { hasDots, type Profile } from './profile.js';
import { stompOptions } from './stomp-options.js';

const ALWAYS = [HttpController, RegistryController, EventsController];
const DOT = [RedController, PlainController];
const SLASH: Type[] = [
  GreetingController,
  EchoController,
  ValidController,
  sendTo.SendToController,
  sendTo.ClassSendToController,
  sendTo.ClassSendToUserController,
  VarsController,
  HeadersController,
  PatternController,
  UsersController,
  subscribe.SubscribeController,
  subscribe.SubscribeClassController,
  SessionController,
  ErrorsController,
  AsyncController,
  TemplateController,
];

/** The application of contract.md. */
@Module({})
export class AppModule {
  static forProfile(profile: Profile): DynamicModule {
    return {
      module: AppModule,
      imports: [StompModule.forRoot(stompOptions(profile))],
      controllers: [...ALWAYS, ...(hasDots(profile) ? DOT : SLASH)],
      providers: [GlobalAdvice, Counter],
    };
  }
}
