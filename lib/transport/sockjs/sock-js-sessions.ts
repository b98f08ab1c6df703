import type { Handshake } from '../../message/index.js';
import type { Endpoint } from '../endpoint.js';
import type { SockJsHttpSession } from './sock-js-http-session.js';

/** Sessions over HTTP by the id that their client chose; the id means nothing outside of this room. */
export class SockJsSessions {
  private readonly sessions = new Map<string, SockJsHttpSession>();
  /** Ids whose handshake is being decided. */
  private readonly opening = new Set<string>();

  /** Keeps an id for a new session; false when there is one, or will be. */
  reserve(key: string): boolean {
    if (this.sessions.has(key) || this.opening.has(key)) return false;
    this.opening.add(key);
    return true;
  }

  /** Gives a reserved id its session, or gives it up. */
  settle(key: string, session: SockJsHttpSession | undefined): void {
    this.opening.delete(key);
    if (session !== undefined) this.sessions.set(key, session);
  }

  forget(key: string): void {
    this.sessions.delete(key);
  }

  find(key: string): SockJsHttpSession | undefined {
    return this.sessions.get(key);
  }
}

/**
 * Whether a request comes from whom the session belongs to: the same user, or the same address when it has none. Anybody can
 * name any session id.
 */
export async function isOwner(
  session: SockJsHttpSession,
  handshake: Handshake,
  endpoint: Endpoint,
): Promise<boolean> {
  if (session.user === undefined)
    return session.handshake.remoteAddress === handshake.remoteAddress;
  try {
    return (await endpoint.principalOf(handshake))?.name === session.user.name;
  } catch {
    return false;
  }
}
