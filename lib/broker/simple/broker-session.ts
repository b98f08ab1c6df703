import type { Message, SessionContext } from '../../message/index.js';
import { quoted } from '../../exception/index.js';
import { SimpleBrokerException } from './simple-broker.exception.js';
import type { Subscription } from './subscription.js';
import type { Transactions } from './transactions.js';

/** A message that a client has received and may acknowledge. */
export interface Awaited {
  readonly subscription: Subscription;
  readonly messageId: string;
}

/** What the broker keeps for one session. */
export class BrokerSession {
  private readonly byId = new Map<string, Subscription>();
  /** Made with the first subscription that acknowledges. */
  private byAckPrefix: Map<string, Subscription> | undefined;
  private lastAckPrefix = 0;
  private ownTransactions: Transactions | undefined;

  constructor(
    readonly context: SessionContext,
    private readonly newTransactions: () => Transactions,
  ) {}

  /** Made when first asked for: most sessions have none. */
  get transactions(): Transactions {
    return (this.ownTransactions ??= this.newTransactions());
  }

  abortTransactions(): void {
    this.ownTransactions?.clear();
  }

  get subscriptions(): readonly Subscription[] {
    return [...this.byId.values()];
  }

  /** The beginning of the `ack` headers of one more subscription. */
  nextAckPrefix(): string {
    return `${(++this.lastAckPrefix).toString(36)}-`;
  }

  /** @throws SimpleBrokerException when the id is in use */
  checkIsNew(id: string | undefined, destination: string): void {
    if (this.byId.has(keyOf(id, destination)))
      throw new SimpleBrokerException(
        'STOMP_ERR_SUBSCRIPTION_DUPLICATE',
        `Session ${this.context.id} has a subscription ${quoted(id)} to ${quoted(destination)} already: use another id`,
      );
  }

  add(subscription: Subscription): void {
    const { subscriptionId, destination, ackPrefix } = subscription;
    this.byId.set(keyOf(subscriptionId, destination), subscription);
    if (ackPrefix !== undefined) (this.byAckPrefix ??= new Map()).set(ackPrefix, subscription);
  }

  remove(id: string | undefined, destination: string): Subscription | undefined {
    const key = keyOf(id, destination);
    const subscription = this.byId.get(key);
    this.byId.delete(key);
    if (subscription?.ackPrefix !== undefined) this.byAckPrefix?.delete(subscription.ackPrefix);
    return subscription;
  }

  /** The message that an ACK or NACK is about. @throws SimpleBrokerException when the client has no such message */
  awaited(frame: Message): Awaited {
    const found = this.findAwaited(frame);
    if (found) return found;
    const { native, command } = frame.headers;
    throw new SimpleBrokerException(
      'STOMP_ERR_ACK_UNKNOWN',
      `${command} of ${quoted(native.get('id') ?? native.get('message-id'))}: session ${this.context.id} has received no such ` +
        `message, or has acknowledged it already, or has ended its subscription`,
    );
  }

  findAwaited({ headers: { native } }: Message): Awaited | undefined {
    const { version } = this.context;
    const messageId = native.get('message-id');
    const subscriptionId = native.get('subscription');
    // STOMP 1.2, ACK: `id` is the `ack` header of the MESSAGE
    if (version !== '1.0' && version !== '1.1') return this.findByAck(native.get('id') ?? '');
    if (messageId === undefined) return undefined;
    // STOMP 1.1, ACK: `message-id` and `subscription`; STOMP 1.0: `message-id` alone
    if (subscriptionId === undefined) return this.findByMessageId(messageId);
    return awaitedBy(this.byId.get(keyOf(subscriptionId, '')), messageId);
  }

  private findByAck(ack: string): Awaited | undefined {
    const end = ack.indexOf('-') + 1;
    return awaitedBy(this.byAckPrefix?.get(ack.slice(0, end)), ack.slice(end));
  }

  private findByMessageId(messageId: string): Awaited | undefined {
    for (const subscription of this.byAckPrefix?.values() ?? [])
      if (subscription.isAwaiting(messageId)) return { subscription, messageId };
    return undefined;
  }
}

function awaitedBy(subscription: Subscription | undefined, messageId: string): Awaited | undefined {
  return subscription?.isAwaiting(messageId) ? { subscription, messageId } : undefined;
}

function keyOf(id: string | undefined, destination: string): string {
  // Who chooses such an id is refused the second of the two.
  return id ?? `\0${destination}`;
}
