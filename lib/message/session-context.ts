import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { StompVersion } from '../frame/index.js';
import type { StompPrincipal } from './stomp-principal.js';

/**
 * The HTTP request that opened a session.
 *
 * @publicApi
 */
export interface Handshake {
  /** Path and query as requested. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly query: URLSearchParams;
  /** Address of the client, after `X-Forwarded-For` where proxies are trusted. */
  readonly remoteAddress: string;
  /** Whether the client's side of the connection is TLS, after `X-Forwarded-Proto` where proxies are trusted. */
  readonly secure: boolean;
  readonly request: IncomingMessage;
}

/**
 * What all messages of one session share. It is live: a change of user or attributes is seen by every message of the
 * session, also by those sent before.
 *
 * @publicApi
 */
export interface SessionContext {
  /** Made by the server, unguessable, unique in the process. */
  readonly id: string;
  /** Filled by handshake interceptors, then the application's. They stay when the session has ended, for who still has it. */
  readonly attributes: Map<string, unknown>;
  /** Undefined for anonymous sessions. */
  user: StompPrincipal | undefined;
  readonly handshake: Handshake;
  /** Path of the endpoint that took the connection. */
  readonly endpoint: string;
  /** `websocket`, or the SockJS transport's name. */
  readonly transport: string;
  /** Whether only text can be sent to its client, as over SockJS. */
  readonly isTextOnly: boolean;
  /** Undefined until CONNECT has been read. */
  readonly version: StompVersion | undefined;
}
