import type { SimpSession, SimpSubscription, SimpUser } from '../simp-user.js';

/** Users of one node as they travel, or some of them: names, session ids, and subscriptions as `[id, destination]`. */
export interface NodeSnapshot {
  readonly node: string;
  /** After how many milliseconds without a word the node is taken for gone. */
  readonly expiryMs: number;
  readonly users: readonly UserSnapshot[];
}

export interface UserSnapshot {
  readonly name: string;
  readonly sessions: readonly SessionSnapshot[];
}

export interface SessionSnapshot {
  readonly id: string;
  readonly subscriptions: readonly (readonly [id: string | null, destination: string])[];
}

export function isNodeSnapshot(value: Partial<NodeSnapshot>): value is NodeSnapshot {
  const { node, expiryMs, users } = value;
  return typeof node === 'string' && typeof expiryMs === 'number' && users?.every(isUser) === true;
}

function isUser({ name, sessions }: UserSnapshot): boolean {
  return (
    typeof name === 'string' &&
    sessions.every(
      ({ id, subscriptions }) => typeof id === 'string' && Array.isArray(subscriptions),
    )
  );
}

/** A user as the nodes together know it: the sessions of all of them. */
export class ClusterUser implements SimpUser {
  readonly sessions: ReadonlySet<SimpSession>;

  /** @param local the user on this node, if it is here too */
  constructor(
    readonly name: string,
    private readonly local: SimpUser | undefined,
    remote: readonly SessionSnapshot[],
  ) {
    const sessions = remote.map((snapshot) => remoteSession(this, snapshot));
    this.sessions = new Set([...(local?.sessions ?? []), ...sessions]);
  }

  /** That of a session on this node; undefined when all sessions are on others. */
  get principal(): SimpUser['principal'] {
    return this.local?.principal;
  }

  hasSessions(): boolean {
    return this.sessions.size > 0;
  }

  getSession(sessionId: string): SimpSession | undefined {
    for (const session of this.sessions) if (session.id === sessionId) return session;
    return undefined;
  }
}

function remoteSession(user: SimpUser, { id, subscriptions }: SessionSnapshot): SimpSession {
  const known = new Set<SimpSubscription>();
  const session: SimpSession = { id, user, subscriptions: known, context: undefined };
  for (const [subscription, destination] of subscriptions)
    known.add({ id: subscription ?? undefined, session, destination });
  return session;
}
