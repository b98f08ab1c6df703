import type { StompEvents } from '../channel/index.js';
import type { Message } from '../message/index.js';
import type { LiveSessionContext } from './live-session-context.js';
import type { SessionSubscription } from './session-subscriptions.js';

/** The events of one session: each once, and in order. */
export class SessionAnnouncements {
  private isConnecting = false;
  private isOver = false;

  constructor(
    private readonly events: StompEvents,
    private readonly context: LiveSessionContext,
  ) {}

  connect(message: Message): void {
    this.isConnecting = true;
    const { context: session } = this;
    this.events.publish({ type: 'sessionConnect', session, user: session.user, message });
  }

  connected(): void {
    const { context: session } = this;
    this.events.publish({ type: 'sessionConnected', session, user: session.user });
  }

  /** The subscription took effect. */
  subscribed(subscription: SessionSubscription): void {
    const { message, endedBy, id: subscriptionId, requested: destination } = subscription;
    if (this.isOver || subscription.announced || message === undefined) return;
    subscription.announced = true;
    subscription.message = undefined;
    const { context: session } = this;
    const { user } = session;
    const type = 'sessionSubscribe';
    this.events.publish({ type, session, user, message, subscriptionId, destination });
    if (endedBy) this.unsubscribed(subscription, endedBy);
  }

  /** The subscription is gone; told behind that it took effect, if it did not yet. */
  unsubscribed(subscription: SessionSubscription, message: Message): void {
    if (this.isOver) return;
    if (!subscription.announced) {
      subscription.endedBy = message;
      return;
    }
    const { context: session } = this;
    const { user } = session;
    const { id: subscriptionId, requested: destination } = subscription;
    const type = 'sessionUnsubscribe';
    this.events.publish({ type, session, user, message, subscriptionId, destination });
  }

  expiring(expiresAt: number): void {
    const { context: session } = this;
    this.events.publish({ type: 'sessionExpiring', session, user: session.user, expiresAt });
  }

  slow(policy: 'terminate' | 'drop-oldest', bufferedBytes: number): void {
    const { context: session } = this;
    const { user } = session;
    this.events.publish({ type: 'slowClient', session, user, policy, bufferedBytes });
  }

  disconnect(closeCode: number, closeReason: string, clean: boolean): void {
    this.isOver = true;
    if (!this.isConnecting) return;
    const { context: session } = this;
    const { user } = session;
    const type = 'sessionDisconnect';
    this.events.publish({ type, session, user, closeCode, closeReason, clean });
  }
}
