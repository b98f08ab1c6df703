import type { Message, SessionContext } from '../message/index.js';

/** The subscriptions that rules let pass, for as long as their session is referred to by anybody. */
export class GrantedSubscriptions {
  private readonly sessions = new WeakMap<SessionContext, Map<string, Message>>();

  add(session: SessionContext, subscribe: Message): void {
    const granted = this.sessions.get(session) ?? new Map<string, Message>();
    this.sessions.set(session, granted.set(keyOf(subscribe), subscribe));
  }

  /** @param message a SUBSCRIBE or UNSUBSCRIBE of it */
  remove(session: SessionContext, message: Message): void {
    this.sessions.get(session)?.delete(keyOf(message));
  }

  /** Their SUBSCRIBE messages. */
  of(session: SessionContext): Message[] {
    return [...(this.sessions.get(session)?.values() ?? [])];
  }
}

/** STOMP 1.0, SUBSCRIBE: one without an id is known by its destination. */
function keyOf({ headers: { subscriptionId, destination } }: Message): string {
  return subscriptionId === undefined ? `destination ${destination}` : `id ${subscriptionId}`;
}
