import type { SimpSubscription, SimpUser } from '../simp-user.js';
import type { SessionSnapshot, UserSnapshot } from './remote-user.js';

/** How long a part may be, in characters of its texts: a broker, and the relays of other nodes, take it in one frame. */
const MAX_PART = 65_536;
/** What a session or a subscription adds to its texts. */
const BRACKETS = 16;
/** A longer name or destination stays on its node. */
const MAX_TEXT = 16_384;
/** A longer id of a subscription stays on its node: what others ask for is the destination. */
const MAX_ID = 128;

interface GrowingSession extends SessionSnapshot {
  readonly subscriptions: SessionSnapshot['subscriptions'][number][];
}

interface GrowingUser extends UserSnapshot {
  readonly sessions: GrowingSession[];
}

/** What other nodes need to know of users, divided so that no part is long. */
export interface UserParts {
  /** One at least. A user, or a session, may go on in the next one. */
  readonly parts: readonly (readonly UserSnapshot[])[];
  /** Characters of all parts together, about. */
  readonly length: number;
  /** The first text that is too long to be told. */
  readonly leftOut: string | undefined;
}

export function partsOf(users: readonly SimpUser[]): UserParts {
  const growing = new GrowingParts();
  for (const { name, sessions } of users)
    for (const { id, subscriptions } of sessions) growing.add(name, id, subscriptions);
  return growing;
}

class GrowingParts implements UserParts {
  readonly parts: GrowingUser[][] = [[]];
  length = 0;
  leftOut: string | undefined;
  private partLength = 0;

  add(name: string, id: string, subscriptions: Iterable<SimpSubscription>): void {
    if (name.length > MAX_TEXT) return this.leaveOut(name);
    let session = this.begin(name, id, 0);
    for (const subscription of subscriptions) {
      const [short, destination] = entryOf(subscription);
      const length = (short?.length ?? 0) + destination.length + BRACKETS;
      if (destination.length > MAX_TEXT) this.leaveOut(destination);
      else {
        if (!this.fits(length)) session = this.begin(name, id, length);
        this.grow(length);
        session.subscriptions.push([short, destination]);
      }
    }
  }

  /** @param more that has to fit behind it */
  private begin(name: string, id: string, more: number): GrowingSession {
    const length = name.length + id.length + BRACKETS;
    if (!this.fits(length + more)) {
      this.parts.push([]);
      this.partLength = 0;
    }
    this.grow(length);
    const session: GrowingSession = { id, subscriptions: [] };
    const part = this.parts.at(-1)!;
    const last = part.at(-1);
    if (last?.name === name) last.sessions.push(session);
    else part.push({ name, sessions: [session] });
    return session;
  }

  private fits(length: number): boolean {
    return this.partLength + length <= MAX_PART;
  }

  private grow(length: number): void {
    this.partLength += length;
    this.length += length;
  }

  private leaveOut(text: string): void {
    this.leftOut ??= text;
  }
}

function entryOf({ id, destination }: SimpSubscription): SessionSnapshot['subscriptions'][number] {
  return [id === undefined || id.length > MAX_ID ? null : id, destination];
}

/** The users of all parts of one snapshot, in their order. */
export function joined(parts: readonly (readonly UserSnapshot[])[]): UserSnapshot[] {
  const users: GrowingUser[] = [];
  for (const user of parts.flat() as GrowingUser[]) {
    const last = users.at(-1);
    if (last?.name !== user.name) users.push(user);
    else for (const session of user.sessions) append(last, session);
  }
  return users;
}

function append(user: GrowingUser, session: GrowingSession): void {
  const last = user.sessions.at(-1);
  if (last?.id !== session.id) user.sessions.push(session);
  else for (const one of session.subscriptions) last.subscriptions.push(one);
}
