import type { Exchange, HttpAnswer } from '../exchange.js';
import type { HttpEndpointHandler } from '../http-endpoint-handler.js';
import { foreignRefusal } from './foreign-refusal.js';
import type { HttpTransports } from './http-transports.js';
import { IFRAME_PATH, iframe } from './iframe.js';
import { info } from './info.js';
import type { SockJsSettings } from './sock-js-options.js';
import type { SockJsWebSocket } from './websocket.js';

/** SockJS 0.3.3, Session URLs: a server and a session without dots, then the transport. */
const SESSION_PATH = /^\/([^/.]+)\/([^/.]+)\/([^/;]+)$/;
const WELCOME: HttpAnswer = {
  status: 200,
  headers: { 'Content-Type': 'text/plain; charset=UTF-8' },
  body: 'Welcome to SockJS!\n',
};
const NOT_FOUND: HttpAnswer = { status: 404 };

/** Answers everything at and below the paths of endpoints with SockJS that is no plain WebSocket. */
export class SockJsHandler implements HttpEndpointHandler {
  constructor(
    private readonly transports: HttpTransports,
    private readonly webSocket: SockJsWebSocket,
  ) {}

  accepts({ endpoint }: Exchange): boolean {
    return endpoint.sockJs !== undefined;
  }

  handle(exchange: Exchange): void | Promise<void> {
    const settings = exchange.endpoint.sockJs!;
    const { subPath } = exchange;
    if (subPath === '' || subPath === '/') return exchange.answer(welcome(exchange));
    if (IFRAME_PATH.test(subPath)) return exchange.answer(iframe(exchange, settings));
    if (subPath === '/info')
      return exchange.answer(foreignRefusal(exchange) ?? info(exchange, settings));
    const [, , sessionId, transport] = SESSION_PATH.exec(subPath) ?? [];
    if (sessionId === undefined) return exchange.answer(NOT_FOUND);
    return this.handleSession(exchange, settings, sessionId, transport!);
  }

  cutUnread(): void {
    this.transports.cutUnread();
  }

  private handleSession(
    exchange: Exchange,
    settings: SockJsSettings,
    sessionId: string,
    transport: string,
  ): void | Promise<void> {
    if (transport === 'websocket') {
      return settings.webSocketEnabled
        ? this.webSocket.handle(exchange)
        : exchange.answer(NOT_FOUND);
    }
    const key = `${exchange.path}/${sessionId}`;
    return this.transports.handle(exchange, settings, key, transport) ?? exchange.answer(NOT_FOUND);
  }
}

function welcome({ request }: Exchange): HttpAnswer {
  return request.method === 'GET' ? WELCOME : { status: 405, headers: { Allow: 'GET' } };
}
