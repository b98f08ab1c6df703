import { randomBytes } from 'node:crypto';
import type { Exchange, HttpAnswer } from '../exchange.js';
import { cors, NOT_CACHED, preflight } from './response-headers.js';
import type { SockJsSettings } from './sock-js-options.js';

/** What a client asks first: whether WebSocket works, and how long a round trip takes. */
export function info(exchange: Exchange, settings: SockJsSettings): HttpAnswer {
  const { method } = exchange.request;
  if (method === 'OPTIONS') {
    return { status: 204, headers: preflight(exchange, settings, 'OPTIONS, GET') };
  }
  if (method !== 'GET') return { status: 405, headers: { Allow: 'OPTIONS, GET' } };
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/json; charset=UTF-8',
      ...NOT_CACHED,
      ...cors(exchange, settings),
    },
    body: JSON.stringify({
      entropy: randomBytes(4).readUInt32LE(),
      origins: ['*:*'],
      cookie_needed: settings.sessionCookieNeeded,
      websocket: settings.webSocketEnabled,
    }),
  };
}
