import type { Warnings } from '../../channel/index.js';
import { DestinationPattern, isPattern, type DestinationIndex } from '../../destination/index.js';
import type { Message } from '../../message/index.js';
import { octetsOf, type HeldMessage } from './held-message.js';
import { MessageQueue, type QueueLimits, type QueueParts } from './message-queue.js';
import type { QueueConsumer } from './queue-consumer.js';
import type { QueueSubscription } from './queue-subscription.js';
import { quoted } from '../../exception/index.js';
import { SimpleBrokerLimitException } from './simple-broker.exception.js';
import type { SimpleBrokerStatistics } from './statistics.js';
import { SystemConsumer } from './system-consumer.js';

const SWEEP_MS = 1_000;

export interface QueuesParts {
  readonly index: DestinationIndex<QueueConsumer>;
  readonly separator: string;
  readonly limits: QueueLimits;
  readonly statistics: SimpleBrokerStatistics;
  readonly warnings: Warnings;
  /** Gives up a message that was handed out too often. */
  bury(held: HeldMessage, destination: string): void;
}

/** The queues that hold something, and the consumers of all queues. */
export class Queues {
  private readonly queues = new Map<string, MessageQueue>();
  private readonly queueParts: QueueParts;
  private sweeping: NodeJS.Timeout | undefined;

  constructor(private readonly parts: QueuesParts) {
    const { index, limits, statistics, warnings } = parts;
    this.queueParts = {
      limits,
      statistics,
      warnings,
      consumersOf: (destination) => index.find(destination),
      bury: (held, destination) => parts.bury(held, destination),
      idle: (queue) => this.close(queue),
    };
  }

  /** @throws SimpleBrokerLimitException when there is no room for all of these, should nobody take any at once */
  checkRoom(messages: readonly Message[]): void {
    const together = messages.reduce((sum, message) => sum + octetsOf(message), 0);
    const opened = new Set<string>();
    for (const message of messages) {
      const destination = message.headers.fields.destination!;
      this.find(destination).checkRoom(octetsOf(message), together);
      if (this.queues.has(destination)) continue;
      opened.add(destination);
      this.checkIsFew(this.queues.size + opened.size - 1, destination);
    }
  }

  /** @throws SimpleBrokerLimitException when there is no room for the message */
  publish(message: Message): void {
    const queue = this.open(message.headers.fields.destination!);
    try {
      queue.accept(message);
    } finally {
      if (queue.isIdle) this.close(queue);
    }
  }

  /** Adds a consumer and gives it what waits. */
  subscribe(subscription: QueueSubscription): void {
    this.parts.index.add(subscription.destination, subscription);
    this.serve(subscription.destination, subscription);
  }

  unsubscribe(subscription: QueueSubscription): void {
    this.parts.index.remove(subscription.destination, subscription);
  }

  /** The application as a consumer. Returns how to leave. */
  subscribeSystem(destination: string, listener: (message: Message) => void): () => void {
    const consumer = new SystemConsumer(listener, this.parts.statistics);
    this.parts.index.add(destination, consumer);
    this.serve(destination, consumer);
    return () => void this.parts.index.remove(destination, consumer);
  }

  /** Forgets all queues. */
  stop(): void {
    this.queues.clear();
    this.stopSweeping();
  }

  private serve(destination: string, consumer: QueueConsumer): void {
    if (!isPattern(destination)) return this.queues.get(destination)?.serve(consumer);
    const pattern = new DestinationPattern(destination, this.parts.separator);
    for (const queue of [...this.queues.values()])
      if (pattern.matches(queue.destination)) queue.serve(consumer);
  }

  private open(destination: string): MessageQueue {
    const existing = this.queues.get(destination);
    if (existing) return existing;
    this.checkIsFew(this.queues.size, destination);
    const queue = this.find(destination);
    this.queues.set(destination, queue);
    this.parts.statistics.queues = this.queues.size;
    this.sweeping ??= setInterval(() => this.sweep(), SWEEP_MS).unref();
    return queue;
  }

  /** The queue, or what would be it. */
  private find(destination: string): MessageQueue {
    return this.queues.get(destination) ?? new MessageQueue(destination, this.queueParts);
  }

  private checkIsFew(others: number, destination: string): void {
    if (others < this.parts.limits.maxQueues) return;
    throw new SimpleBrokerLimitException(
      'STOMP_ERR_QUEUE_LIMIT',
      `The queue ${quoted(destination)} does not take the message: ${others} other queues hold messages (maxQueues)`,
      true,
    );
  }

  private close(queue: MessageQueue): void {
    if (this.queues.get(queue.destination) !== queue) return;
    this.queues.delete(queue.destination);
    this.parts.statistics.queues = this.queues.size;
    for (const consumer of this.parts.index.find(queue.destination)) consumer.forget(queue);
  }

  private sweep(): void {
    if (this.queues.size === 0) this.stopSweeping();
    for (const queue of [...this.queues.values()]) queue.expire();
  }

  private stopSweeping(): void {
    clearInterval(this.sweeping);
    this.sweeping = undefined;
  }
}
