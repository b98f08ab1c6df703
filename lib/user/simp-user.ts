import type { SessionContext, StompPrincipal } from '../message/index.js';

/**
 * A subscription of a session, as its client made it.
 *
 * @publicApi
 */
export interface SimpSubscription<Session = SimpSession> {
  /** Undefined for a STOMP 1.0 subscription without an id, and on another node when it is longer than 128 characters. */
  readonly id: string | undefined;
  readonly session: Session;
  /** As the client wrote it: `/user/queue/x`, not what it was resolved to. */
  readonly destination: string;
}

/**
 * A connected session of a user.
 *
 * @publicApi
 */
export interface SimpSession {
  readonly id: string;
  readonly user: SimpUser;
  /** Live. */
  readonly subscriptions: ReadonlySet<SimpSubscription>;
  /** Attributes, handshake and the like; undefined for a session on another node. */
  readonly context: SessionContext | undefined;
}

/**
 * A connected session that has no user.
 *
 * @publicApi
 */
export interface AnonymousSimpSession {
  readonly id: string;
  readonly user: undefined;
  /** Live. */
  readonly subscriptions: ReadonlySet<SimpSubscription<AnonymousSimpSession>>;
  readonly context: SessionContext;
}

/**
 * A connected user; all sessions whose principals have the same name.
 *
 * @publicApi
 */
export interface SimpUser {
  /** Name in user destinations: `destinationUserName` of the principal, else its name. */
  readonly name: string;
  /** Principal of the session that connected first; undefined once the user is gone, or on other nodes only. */
  readonly principal: StompPrincipal | undefined;
  /** Live. */
  readonly sessions: ReadonlySet<SimpSession>;
  hasSessions(): boolean;
  getSession(sessionId: string): SimpSession | undefined;
}
