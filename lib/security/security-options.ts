import type { Message, SessionContext, StompPrincipal } from '../message/index.js';
import type { AuthorizationRule, OutboundAuthorizationRule } from './authorization-rule.js';

/**
 * A check of CONNECT for browsers that are known by a cookie: other sites can make them connect, but cannot know the token.
 *
 * @publicApi
 */
export interface CsrfOptions {
  /** Header of CONNECT that carries the token. @default 'X-CSRF-TOKEN' */
  headerName?: string;
  /** Where the expected token is; undefined refuses. @default (session) => session.attributes.get('csrfToken') */
  token?: (session: SessionContext) => string | undefined | Promise<string | undefined>;
}

/**
 * How a client renews its credentials without a new connection.
 *
 * @publicApi
 */
export interface RenewalOptions {
  /** The client sends its new credentials there; goes to no handler and needs no rule. A receipt says that it was done. */
  destination: string;
  /**
   * The principal of the new credentials, of the same name as before. A throw refuses them, as `onDenied` says. Subscriptions
   * that its rights do not allow are ended.
   */
  authenticate: (
    message: Message<Buffer>,
    user: StompPrincipal,
  ) => StompPrincipal | Promise<StompPrincipal>;
}

/**
 * What clients may do. Without any of it every frame passes, except to what user destinations of other sessions are resolved
 * to.
 *
 * @publicApi
 */
export interface SecurityOptions {
  /** Rules for frames of clients; the first that matches decides, without one a frame is denied. @default none: all pass */
  authorization?: readonly AuthorizationRule[];
  /** Rules for messages to clients, asked for every receiver: costs every fan-out. @default none: all leave */
  outboundAuthorization?: readonly OutboundAuthorizationRule[];
  /**
   * `error`: an ERROR frame, and the connection closes with 1008. `errorQueue`: SEND and SUBSCRIBE are left out without a
   * receipt, the session gets a message and lives on. A denied CONNECT always closes.
   * @default 'error'
   */
  onDenied?: 'error' | 'errorQueue';
  /** Where `errorQueue` sends `{ code, message, command, destination }`, below the user prefix. @default '/queue/errors' */
  errorQueue?: string;
  /** Asks CONNECT for the CSRF token of the session; true takes the defaults. @default false */
  csrf?: boolean | CsrfOptions;
  /** How a client renews its credentials in place. @default none: new credentials need a new connection */
  renewal?: RenewalOptions;
}
