import type { Message, SessionContext } from '../message/index.js';

/** The subscriptions that rules let pass, for as long as their session is referred to by anybody. */
export class GrantedSubscriptions {
  private readonly sessions = new WeakMap<SessionContext, Map<string | undefined, Message>>();

  add(session: SessionContext, message: Message): void {
    const granted = this.sessions.get(session) ?? new Map<string | undefined, Message>();
    this.sessions.set(session, granted.set(message.headers.subscriptionId, message));
  }

  remove(session: SessionContext, subscriptionId: string | undefined): void {
    this.sessions.get(session)?.delete(subscriptionId);
  }

  of(session: SessionContext): [subscriptionId: string | undefined, message: Message][] {
    return [...(this.sessions.get(session) ?? [])];
  }
}
