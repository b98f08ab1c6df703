import { Module, type DynamicModule } from '@nestjs/common';
import {
  simpleBroker,
  stompBrokerRelay,
  StompModule,
  type MessageBroker,
  type StompModuleOptions,
} from 'nestjs-stomp';
import { CheckController } from './check.controller.js';
import type { CheckOptions } from './check-options.js';
import { LoginInterceptor } from './login.interceptor.js';
import { SockJsServices } from './sock-js.services.js';

const FRAME_LIMIT_BYTES = 4 * 1024 * 1024;

/** An application for programs that check a STOMP server: any origin, large frames, a few handlers. */
@Module({})
export class CheckModule {
  static withOptions(options: CheckOptions): DynamicModule {
    return {
      module: CheckModule,
      imports: [StompModule.forRoot(stompOptions(options))],
      controllers: [CheckController],
      providers: [SockJsServices],
    };
  }
}

const DESTINATIONS = ['/topic', '/queue'];

function stompOptions(options: CheckOptions): StompModuleOptions {
  const { auth, heartbeat } = options;
  return {
    endpoints: [
      { path: ['/ws', '/stomp'], allowedOriginPatterns: ['*'] },
      {
        path: '/sockjs-stomp',
        sockJs: { maxBodyBytes: 2 * FRAME_LIMIT_BYTES },
        allowedOriginPatterns: ['*'],
      },
    ],
    applicationDestinationPrefixes: ['/app'],
    brokers: [broker(options)],
    messageSizeLimit: FRAME_LIMIT_BYTES,
    sendBufferSizeLimit: 4 * FRAME_LIMIT_BYTES,
    ...(heartbeat !== undefined && { heartbeatValue: [heartbeat, heartbeat] }),
    ...(auth !== undefined && {
      clientInboundChannel: { interceptors: [new LoginInterceptor(auth)] },
    }),
  };
}

function broker({ queues, relayPort: port, relayConnections }: CheckOptions): MessageBroker {
  if (port !== undefined)
    return stompBrokerRelay({
      destinations: DESTINATIONS,
      port,
      ...(relayConnections && { connections: relayConnections }),
    });
  return simpleBroker({
    destinations: DESTINATIONS,
    queues: queues === undefined ? [] : [queues],
    selectorHeaderName: 'selector',
  });
}
