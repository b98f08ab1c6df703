import { Module, type DynamicModule } from '@nestjs/common';
import { StompModule } from 'nestjs-stomp';
import { AccountController } from './account.controller.js';
import { AdminController } from './admin.controller.js';
import { CHAT_OPTIONS, type ChatOptions } from './chat-options.js';
import { ChatController } from './chat.controller.js';
import { ErrorAdvice } from './error.advice.js';
import { Presence } from './presence.js';
import { RoomService } from './room.service.js';
import { stompOptions } from './stomp-options.js';
import { Tokens } from './tokens.js';
import { Visits } from './visits.js';

@Module({ providers: [Tokens], exports: [Tokens, CHAT_OPTIONS] })
class TokensModule {
  static forRoot(options: ChatOptions): DynamicModule {
    return { module: TokensModule, providers: [{ provide: CHAT_OPTIONS, useValue: options }] };
  }
}

@Module({
  controllers: [AccountController, ChatController, AdminController],
  providers: [Presence, RoomService, Visits, ErrorAdvice],
})
export class AppModule {
  static forRoot(options: ChatOptions): DynamicModule {
    const tokens = TokensModule.forRoot(options);
    const stomp = StompModule.forRootAsync({
      imports: [tokens],
      inject: [Tokens, CHAT_OPTIONS],
      useFactory: stompOptions,
    });
    return { module: AppModule, imports: [tokens, stomp] };
  }
}
