import type { StompEventMap, StompEvents } from '../channel/index.js';
import type { Message } from '../message/index.js';
import type { LiveSessionContext } from './live-session-context.js';
import type { SessionSubscription } from './session-subscriptions.js';

type OwnPart<E> = E extends unknown ? Omit<E, 'session' | 'user'> : never;
type SessionEventPart = OwnPart<
  { [T in keyof StompEventMap]: StompEventMap[T] }[Exclude<
    keyof StompEventMap,
    'brokerAvailability' | 'remoteUsers'
  >]
>;

/** The events of one session: each once, and in order. */
export class SessionAnnouncements {
  private isConnecting = false;
  private isOver = false;

  constructor(
    private readonly events: StompEvents,
    private readonly context: LiveSessionContext,
  ) {}

  publish(event: SessionEventPart): void {
    const { context } = this;
    this.events.publish({ ...event, session: context, user: context.user });
  }

  connect(message: Message): void {
    this.isConnecting = true;
    this.publish({ type: 'sessionConnect', message });
  }

  /** The subscription took effect. */
  subscribed(subscription: SessionSubscription): void {
    const { message, endedBy, id, requested } = subscription;
    if (this.isOver || subscription.announced || message === undefined) return;
    subscription.announced = true;
    this.publish({
      type: 'sessionSubscribe',
      message,
      subscriptionId: id,
      destination: requested,
    });
    if (endedBy) this.unsubscribed(subscription, endedBy);
  }

  /** The subscription is gone; told behind that it took effect, if it did not yet. */
  unsubscribed(subscription: SessionSubscription, message: Message): void {
    if (this.isOver) return;
    if (!subscription.announced) {
      subscription.endedBy = message;
      return;
    }
    const { id, requested } = subscription;
    this.publish({
      type: 'sessionUnsubscribe',
      message,
      subscriptionId: id,
      destination: requested,
    });
  }

  disconnect(closeCode: number, closeReason: string, clean: boolean): void {
    this.isOver = true;
    if (this.isConnecting)
      this.publish({ type: 'sessionDisconnect', closeCode, closeReason, clean });
  }
}
