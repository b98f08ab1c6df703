import type { Warnings } from '../../channel/index.js';
import type { Message } from '../../message/index.js';
import { HeldMessage, HeldMessages, type HeldMessageOwner } from './held-message.js';
import { nextMessageId } from './message-ids.js';
import type { QueueConsumer, ServingQueue } from './queue-consumer.js';
import { quoted } from '../../exception/index.js';
import { SimpleBrokerLimitException } from './simple-broker.exception.js';
import type { SimpleBrokerStatistics } from './statistics.js';

export interface QueueLimits {
  readonly maxQueues: number;
  readonly maxQueueMessages: number;
  readonly maxQueueBytes: number;
  readonly queueMessageTtlMs: number;
  readonly maxHeldBytes: number;
  readonly maxDeliveryAttempts: number;
}

/** What a queue needs from those around it. */
export interface QueueParts {
  readonly limits: QueueLimits;
  readonly statistics: SimpleBrokerStatistics;
  readonly warnings: Warnings;
  /** The consumers of a destination: an array that is never modified. */
  consumersOf(destination: string): readonly QueueConsumer[];
  /** Gives up a message that was handed out too often. */
  bury(held: HeldMessage, destination: string): void;
  /** Told when nothing waits in a queue and nothing of it is unacknowledged. */
  idle(queue: MessageQueue): void;
}

let lastSequence = 0;
let lastTurn = 0;

/**
 * One point-to-point destination: every message goes to one consumer in turn, waits while there is none that has room and
 * wants it, and comes back when that one refuses it or leaves.
 *
 * What waits is wanted by nobody who has room. So a new message may go to a consumer at once.
 */
export class MessageQueue implements ServingQueue, HeldMessageOwner {
  private readonly waiting = new HeldMessages();
  /** Messages that consumers have and did not settle. */
  private inHands = 0;

  constructor(
    readonly destination: string,
    private readonly parts: QueueParts,
  ) {}

  /** Whether nothing waits and nothing is unacknowledged. */
  get isIdle(): boolean {
    return this.waiting.size === 0 && this.inHands === 0;
  }

  /**
   * @param together octets that the broker has to hold with those of the message
   * @throws SimpleBrokerLimitException when there is no room for it, even without what waits here
   */
  checkRoom(bytes: number, together = bytes): void {
    const { limits, statistics } = this.parts;
    if (bytes > limits.maxQueueBytes)
      throw this.full(`its ${bytes} octets are more than the queue may hold (maxQueueBytes)`);
    if (statistics.heldBytes - this.waiting.bytes + together > limits.maxHeldBytes)
      throw this.full('the broker holds as many octets as it may (maxHeldBytes)');
  }

  /** @throws SimpleBrokerLimitException when there is no room for it, even without the older messages of this queue */
  accept(message: Message): void {
    this.dropExpired();
    const held = new HeldMessage(
      message,
      nextMessageId(),
      ++lastSequence,
      performance.now() + this.parts.limits.queueMessageTtlMs,
      this,
    );
    this.checkRoom(held.bytes);
    const { statistics, limits } = this.parts;
    while (statistics.heldBytes + held.bytes > limits.maxHeldBytes) this.dropOldest();
    statistics.heldBytes += held.bytes;
    const consumer = this.consumerFor(held);
    if (consumer) return this.hand(held, consumer);
    statistics.queuedMessages++;
    held.detach();
    this.waiting.push(held);
    this.trim();
  }

  serve(consumer: QueueConsumer): void {
    this.dropExpired();
    this.eachWaiting((held) => {
      if (!consumer.hasRoom) {
        consumer.passedBy(this);
        return false;
      }
      if (consumer.wants(held.message)) this.handWaiting(held, consumer);
      return true;
    });
  }

  finish(held: HeldMessage): void {
    this.inHands--;
    this.parts.statistics.heldBytes -= held.bytes;
    this.tellIdle();
  }

  takeBack(messages: readonly HeldMessage[]): void {
    const { limits, statistics } = this.parts;
    const isSpent = ({ attempts }: HeldMessage): boolean => attempts >= limits.maxDeliveryAttempts;
    // The youngest first: each then finds its place at the very beginning.
    for (const held of messages.filter((one) => !isSpent(one)).toReversed()) {
      this.inHands--;
      held.detach();
      this.waiting.putBack(held);
      statistics.queuedMessages++;
    }
    for (const held of messages.filter(isSpent)) {
      // Before it is buried: its octets would count twice.
      this.finish(held);
      this.parts.bury(held, this.destination);
    }
    this.dispatch();
    this.trim();
    this.tellIdle();
  }

  /** Drops what is too old. */
  expire(): void {
    this.dropExpired();
    this.tellIdle();
  }

  private dropExpired(): void {
    const now = performance.now();
    while (this.waiting.first && this.waiting.first.expiresAt <= now) {
      this.discard(this.waiting.first);
      this.parts.statistics.expired++;
      this.parts.warnings.warn(
        'expired',
        () =>
          `Nobody took messages of the queue ${quoted(this.destination)} in time: they are dropped (queueMessageTtlMs)`,
      );
    }
  }

  private tellIdle(): void {
    if (this.isIdle) this.parts.idle(this);
  }

  private dispatch(): void {
    this.dropExpired();
    const consumers = this.parts.consumersOf(this.destination);
    this.eachWaiting((held) => {
      const consumer = this.consumerFor(held);
      if (consumer) this.handWaiting(held, consumer);
      return consumer !== undefined || consumers.some((one) => one.hasRoom);
    });
  }

  /** Goes through what waits, which may change meanwhile, as long as `visit` says so. */
  private eachWaiting(visit: (held: HeldMessage) => boolean): void {
    let held = this.waiting.first;
    while (held !== undefined) {
      const { next } = held;
      if (!visit(held)) return;
      held = next === undefined || this.waiting.has(next) ? next : this.waiting.first;
    }
  }

  /** Whose turn it is among those that have room and want it. */
  private consumerFor(held: HeldMessage): QueueConsumer | undefined {
    let best: QueueConsumer | undefined;
    for (const consumer of this.parts.consumersOf(this.destination)) {
      if (!consumer.hasRoom) consumer.passedBy(this);
      else if ((!best || isBefore(consumer, best, held)) && consumer.wants(held.message))
        best = consumer;
    }
    return best;
  }

  private handWaiting(held: HeldMessage, consumer: QueueConsumer): void {
    this.waiting.remove(held);
    this.parts.statistics.queuedMessages--;
    this.hand(held, consumer);
  }

  private hand(held: HeldMessage, consumer: QueueConsumer): void {
    held.attempts++;
    this.inHands++;
    consumer.servedAt = ++lastTurn;
    consumer.take(held);
  }

  private trim(): void {
    const { maxQueueMessages, maxQueueBytes } = this.parts.limits;
    while (this.waiting.size > maxQueueMessages || this.waiting.bytes > maxQueueBytes)
      this.dropOldest();
  }

  private dropOldest(): void {
    this.discard(this.waiting.first!);
    this.parts.statistics.droppedFromQueues++;
    this.parts.warnings.warn(
      'full',
      () =>
        `The queue ${quoted(this.destination)} is full: its oldest messages are dropped (maxQueueMessages, maxQueueBytes, maxHeldBytes)`,
    );
  }

  private discard(held: HeldMessage): void {
    this.waiting.remove(held);
    this.parts.statistics.queuedMessages--;
    this.parts.statistics.heldBytes -= held.bytes;
  }

  private full(reason: string): SimpleBrokerLimitException {
    return new SimpleBrokerLimitException(
      'STOMP_ERR_QUEUE_LIMIT',
      `The queue ${quoted(this.destination)} does not take the message: ${reason}`,
      true,
    );
  }
}

function isBefore(one: QueueConsumer, other: QueueConsumer, { refusedBy }: HeldMessage): boolean {
  if (other.consumerId === refusedBy) return true;
  if (one.consumerId === refusedBy) return false;
  if (one.servedAt === other.servedAt) return one.consumerId < other.consumerId;
  return one.servedAt < other.servedAt;
}
