import type { SessionContext, StompPrincipal } from '../message/index.js';
import type { SessionDestination } from './session-destination.js';
import type { SimpSession, SimpSubscription, SimpUser } from './simp-user.js';

/** A user of the registry; the same object from the first session to the last. */
export class RegisteredUser implements SimpUser {
  readonly sessions = new Set<SimpSession>();

  /** @param all the sessions of all users by id */
  constructor(
    readonly name: string,
    private readonly all: ReadonlyMap<string, RegisteredSession>,
  ) {}

  get principal(): StompPrincipal | undefined {
    for (const session of this.sessions) return session.context?.user;
    return undefined;
  }

  hasSessions(): boolean {
    return this.sessions.size > 0;
  }

  getSession(sessionId: string): SimpSession | undefined {
    const session = this.all.get(sessionId);
    return session?.user === this ? (session as SimpSession) : undefined;
  }
}

/** A session of the registry, anonymous without a user; the same object for as long as it lives. */
export class RegisteredSession {
  readonly subscriptions = new Set<SimpSubscription<any>>();
  /** What user destinations stand for in this session, as far as somebody asked. */
  destinations: Map<string, SessionDestination> | undefined = undefined;

  constructor(
    readonly context: SessionContext,
    readonly user: RegisteredUser | undefined,
  ) {}

  get id(): string {
    return this.context.id;
  }

  subscribe(id: string | undefined, destination: string): void {
    this.subscriptions.add({ id, session: this, destination });
  }

  unsubscribe(id: string | undefined, destination: string): void {
    for (const one of this.subscriptions) {
      // STOMP 1.0, UNSUBSCRIBE: a subscription without an id is known by its destination.
      if (one.id !== id || (id === undefined && one.destination !== destination)) continue;
      this.subscriptions.delete(one);
      return;
    }
  }
}
