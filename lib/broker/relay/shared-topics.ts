import type { ClientOutboundChannel, Receiver } from '../../channel/index.js';
import type { StompFrame } from '../../frame/index.js';
import { mayReceive } from './client-isolation.js';
import type { LastingConnection } from './lasting-connection.js';
import { deliveryOf, type RelaySubscription } from './relay-subscription.js';

/** One subscription at the broker, and the clients it is fanned out to. */
class SharedTopic {
  readonly receivers = new Set<Receiver>();
  stored: Promise<void> = Promise.resolve();
  end: () => void = () => undefined;
  private snapshot: readonly Receiver[] | undefined;

  add(receiver: Receiver): void {
    this.receivers.add(receiver);
    this.snapshot = undefined;
  }

  remove(receiver: Receiver): void {
    this.receivers.delete(receiver);
    this.snapshot = undefined;
  }

  /** The same array until somebody comes or leaves. */
  list(): readonly Receiver[] {
    return (this.snapshot ??= [...this.receivers]);
  }
}

/** Topics that many clients share: one subscription a destination at the broker, however many subscribe here. */
export class SharedTopics {
  private readonly topics = new Map<string, SharedTopic>();

  constructor(
    private readonly connection: LastingConnection,
    private readonly outbound: ClientOutboundChannel,
  ) {}

  /** Subscriptions held at the broker. */
  get size(): number {
    return this.topics.size;
  }

  /** Settles when the broker has the subscription. */
  subscribe(subscription: RelaySubscription): Promise<void> {
    const { destination } = subscription;
    let topic = this.topics.get(destination);
    if (!topic) {
      topic = new SharedTopic();
      this.topics.set(destination, topic);
      const { stored, end } = this.connection.subscribe(destination, {
        onMessage: this.fanOut(topic, destination),
        onRefused: () => undefined,
      });
      topic.stored = stored;
      topic.end = end;
    }
    topic.add(subscription);
    return topic.stored.catch((error: unknown) => {
      this.unsubscribe(subscription);
      throw error;
    });
  }

  unsubscribe(subscription: RelaySubscription): void {
    const topic = this.topics.get(subscription.destination);
    if (!topic) return;
    topic.remove(subscription);
    if (topic.receivers.size > 0) return;
    this.topics.delete(subscription.destination);
    topic.end();
  }

  private fanOut(topic: SharedTopic, destination: string): (frame: StompFrame) => void {
    return (frame) => {
      if (mayReceive(frame, destination))
        this.outbound.deliver(deliveryOf(frame, topic.list(), undefined));
    };
  }
}
