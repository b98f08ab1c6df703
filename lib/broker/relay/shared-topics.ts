import type { Receiver } from '../../channel/index.js';
import type { StompFrame } from '../../frame/index.js';
import type { BrokerContext } from '../message-broker.js';
import { mayReceive } from './client-isolation.js';
import type { LastingConnection } from './lasting-connection.js';
import { errorMessage } from './relay-outbound.js';
import { deliveryOf, type RelaySubscription } from './relay-subscription.js';
import type { BrokerRefusedException } from './relay.exceptions.js';

/** How many refused destinations are remembered. */
const MAX_REFUSED = 1000;

/** One subscription at the broker, and the clients it is fanned out to. */
class SharedTopic {
  readonly receivers = new Set<Receiver>();
  stored: Promise<void> = Promise.resolve();
  isStored = false;
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
  private readonly refused = new Set<string>();

  constructor(
    private readonly connection: LastingConnection,
    private readonly context: Pick<BrokerContext, 'outbound' | 'pathSeparator'>,
  ) {}

  /** Subscriptions held at the broker. */
  get size(): number {
    return this.topics.size;
  }

  /** Whether the broker refused the destination: it would again, at the cost of the connection of all. */
  isRefused(destination: string): boolean {
    return this.refused.has(destination);
  }

  /** Settles when the broker has the subscription. */
  subscribe(subscription: RelaySubscription): Promise<void> {
    const { destination } = subscription;
    const topic = this.topics.get(destination) ?? this.open(destination);
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

  private open(destination: string): SharedTopic {
    const topic = new SharedTopic();
    this.topics.set(destination, topic);
    const { stored, end } = this.connection.subscribe(destination, {
      onMessage: this.fanOut(topic, destination),
      onRefused: (error) => this.refuse(topic, destination, error),
    });
    topic.stored = stored.then(() => void (topic.isStored = true));
    topic.end = end;
    return topic;
  }

  /** Nobody asks for the destination on the connection of all again. */
  rememberRefused(destination: string): void {
    this.refused.add(destination);
    const [oldest] = this.refused;
    if (this.refused.size > MAX_REFUSED) this.refused.delete(oldest!);
  }

  private refuse(topic: SharedTopic, destination: string, error: BrokerRefusedException): void {
    this.rememberRefused(destination);
    // Who waits for `stored` hears of it by that; the others believe that they are subscribed.
    if (!topic.isStored) return;
    this.topics.delete(destination);
    for (const { session } of topic.receivers)
      this.context.outbound.send(errorMessage(session, error));
  }

  private fanOut(topic: SharedTopic, destination: string): (frame: StompFrame) => void {
    const { outbound, pathSeparator } = this.context;
    return (frame) => {
      if (mayReceive(frame, destination, pathSeparator))
        outbound.deliver(deliveryOf(frame, topic.list(), undefined));
    };
  }
}
