import type { Message } from '../../message/index.js';
import type { HeldMessage } from './held-message.js';

/** A queue, as its consumers see it. */
export interface ServingQueue {
  /** Gives a consumer that has come, or has room again, what it wants of what waits. */
  serve(consumer: QueueConsumer): void;
}

/** Takes messages of queues, in turn with others: a client's subscription, or the application itself. */
export interface QueueConsumer {
  /** Unique; those that came later have higher ones. */
  readonly consumerId: number;
  /** When it had its last turn, as a running number; whose is lowest comes next, the older one of two. */
  servedAt: number;
  /** Whether it may be given another message. */
  readonly hasRoom: boolean;
  /** Whether it would like this message. */
  wants(message: Message): boolean;
  /** Gives it a message. It tells the owner when that is done, or gives it back. */
  take(held: HeldMessage): void;
  /** Told that this queue has a message which had to pass it by because it had no room. */
  passedBy(queue: ServingQueue): void;
  /** Told that this queue has nothing left. */
  forget(queue: ServingQueue): void;
}

let lastConsumerId = 0;

export function nextConsumerId(): number {
  return ++lastConsumerId;
}
