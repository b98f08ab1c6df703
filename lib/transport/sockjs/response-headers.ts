import type { Exchange } from '../exchange.js';
import type { SockJsSettings } from './sock-js-options.js';

const ONE_YEAR_SECONDS = 31_536_000;

export type Headers = Record<string, string>;

/** SockJS 0.3.3, verify_not_cached, word for word. */
export const NOT_CACHED: Readonly<Headers> = {
  'Cache-Control': 'no-store, no-cache, no-transform, must-revalidate, max-age=0',
};

/** For what may be kept for long. */
export function cached(): Headers {
  return {
    'Cache-Control': `public, max-age=${ONE_YEAR_SECONDS}`,
    Expires: new Date(Date.now() + ONE_YEAR_SECONDS * 1000).toUTCString(),
  };
}

/** Lets the page of an allowed origin read the answer, with its cookies. */
export function cors({ request }: Exchange, { suppressCors }: SockJsSettings): Headers {
  const { origin } = request.headers;
  if (suppressCors || origin === undefined) return {};
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    Vary: 'Origin',
  };
}

/** The answer to a preflight request. */
export function preflight(exchange: Exchange, settings: SockJsSettings, methods: string): Headers {
  const asked = exchange.request.headers['access-control-request-headers'];
  if (settings.suppressCors) return cached();
  return {
    ...cached(),
    ...cors(exchange, settings),
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Max-Age': String(ONE_YEAR_SECONDS),
    ...(asked ? { 'Access-Control-Allow-Headers': asked } : {}),
  };
}

/** SockJS 0.3.3, JSESSIONID cookie: the one that was sent, or a new one. */
export function sessionCookie({ request }: Exchange, settings: SockJsSettings): Headers {
  if (!settings.sessionCookieNeeded) return {};
  const sent = /(?:^|;\s*)JSESSIONID=([\w.~+/=-]+)/.exec(request.headers.cookie ?? '')?.[1];
  return { 'Set-Cookie': `JSESSIONID=${sent ?? 'dummy'}; path=/` };
}
