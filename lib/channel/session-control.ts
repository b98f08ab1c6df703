import type { StompPrincipal } from '../message/index.js';

/** What other rooms may do to a session that lives, without knowing the session room that does it. */
export interface SessionControl {
  /**
   * Closes a session: what waits for it is written, then the connection closes with this code and reason. With `error`,
   * an ERROR frame with that text goes first. False when there is no such session.
   */
  closeSession(sessionId: string, code: number, reason: string, error?: string): boolean;
  /**
   * Replaces the principal of a session by a renewed one of the same name; `expiresAt` counts from the new one. False when
   * there is no such session. @throws StompException when the name differs
   */
  renewUser(sessionId: string, user: StompPrincipal): boolean;
  /**
   * Ends a subscription from the server's side, past the interceptors; the client may still UNSUBSCRIBE it. Resolves to
   * false when there is no such subscription, otherwise when its broker is done.
   */
  endSubscription(sessionId: string, subscriptionId: string): Promise<boolean>;
}
