import type { Message } from '../../message/index.js';
import type { HeldMessage } from './held-message.js';
import { nextConsumerId, type QueueConsumer } from './queue-consumer.js';
import type { SimpleBrokerStatistics } from './statistics.js';

/** The application as a consumer of a queue: always has room, and what it got is done. */
export class SystemConsumer implements QueueConsumer {
  readonly consumerId = nextConsumerId();
  readonly hasRoom = true;
  servedAt = 0;

  /** @param listener must not throw */
  constructor(
    private readonly listener: (message: Message) => void,
    private readonly statistics: SimpleBrokerStatistics,
  ) {}

  wants(): boolean {
    return true;
  }

  take(held: HeldMessage): void {
    this.statistics.delivered++;
    this.listener(held.message);
    held.owner?.finish(held);
  }

  passedBy(): void {}

  forget(): void {}
}
