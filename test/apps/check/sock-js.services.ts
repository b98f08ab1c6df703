import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { createSockJsService, type SockJsServiceOptions } from 'nestjs-stomp';

const ANY_ORIGIN = { allowedOriginPatterns: ['*'] };

const echo: SockJsServiceOptions['onConnect'] = (socket) => ({
  onMessage: (text) => socket.send(text),
});

/** The plain services that programs which check a SockJS server expect. */
@Injectable()
export class SockJsServices implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly services = [
    createSockJsService({
      path: '/echo',
      sockJs: { streamBytesLimit: 4096, sessionCookieNeeded: false },
      ...ANY_ORIGIN,
      onConnect: echo,
    }),
    createSockJsService({
      path: '/disabled_websocket_echo',
      sockJs: { webSocketEnabled: false, sessionCookieNeeded: false },
      ...ANY_ORIGIN,
      onConnect: echo,
    }),
    createSockJsService({
      path: '/cookie_needed_echo',
      sockJs: { sessionCookieNeeded: true },
      ...ANY_ORIGIN,
      onConnect: echo,
    }),
    createSockJsService({
      path: '/close',
      sockJs: { sessionCookieNeeded: false },
      ...ANY_ORIGIN,
      onConnect: (socket) => socket.close(3000, 'Go away!'),
    }),
  ];

  constructor(private readonly host: HttpAdapterHost) {}

  onApplicationBootstrap(): void {
    for (const service of this.services) service.attach(this.host.httpAdapter.getHttpServer());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.services.map((service) => service.close({ deadlineMs: 500 })));
  }
}
