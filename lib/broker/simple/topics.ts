import type { DestinationIndex } from '../../destination/index.js';
import type { Message } from '../../message/index.js';
import type { LastValues } from './last-values.js';
import { nextMessageId } from './message-ids.js';
import type { Outlet } from './outlet.js';
import type { SimpleBrokerStatistics } from './statistics.js';
import type { Subscription } from './subscription.js';
import { TopicSubscription } from './topic-subscription.js';

type Listener = (message: Message) => void;

export interface TopicsParts {
  readonly outlet: Outlet;
  readonly statistics: SimpleBrokerStatistics;
  readonly lastValues: LastValues | undefined;
  newIndex<T>(): DestinationIndex<T>;
}

/** Destinations whose every subscriber gets every message. */
export class Topics {
  /** Those that take everything: one delivery for all. */
  private readonly plain: DestinationIndex<Subscription>;
  /** Those that select or acknowledge: each decides for itself. */
  private readonly selective: DestinationIndex<Subscription>;
  private readonly listeners: DestinationIndex<Listener>;

  constructor(private readonly parts: TopicsParts) {
    this.plain = parts.newIndex();
    this.selective = parts.newIndex();
    this.listeners = parts.newIndex();
  }

  publish(message: Message): void {
    const destination = message.headers.fields.destination!;
    const messageId = nextMessageId();
    this.parts.lastValues?.keep(message, messageId);
    const receivers = this.plain.find(destination);
    if (receivers.length > 0) this.parts.outlet.deliver(message, messageId, receivers);
    if (this.selective.size > 0)
      for (const subscription of this.selective.find(destination))
        subscription.offer(message, messageId);
    if (this.listeners.size > 0)
      for (const listener of this.listeners.find(destination)) {
        this.parts.statistics.delivered++;
        listener(message);
      }
  }

  /** Adds a subscription; the last values of its destinations go to it first. */
  subscribe(subscription: Subscription): void {
    this.indexOf(subscription).add(subscription.destination, subscription);
    for (const { message, messageId } of this.parts.lastValues?.find(subscription.destination) ??
      [])
      subscription.offer(message, messageId);
  }

  unsubscribe(subscription: Subscription): void {
    this.indexOf(subscription).remove(subscription.destination, subscription);
  }

  /** @param listener must not throw */
  subscribeSystem(destination: string, listener: Listener): () => void {
    this.listeners.add(destination, listener);
    return () => void this.listeners.remove(destination, listener);
  }

  private indexOf(subscription: Subscription): DestinationIndex<Subscription> {
    return subscription instanceof TopicSubscription ? this.selective : this.plain;
  }
}
