import { Inbox } from './inbox.js';
import type { StompExpectationException } from './expectation.exception.js';
import type { TestMessage } from './test-message.js';

/** @internal What a subscription needs of its client. */
export interface SubscriptionOwner {
  readonly timeoutMs: number;
  unmet(expected: string): StompExpectationException;
  settle(): Promise<void>;
  unsubscribe(subscription: TestSubscription): Promise<void>;
}

/**
 * A subscription of a test client: the messages that come, in order.
 *
 * @publicApi
 */
export class TestSubscription implements AsyncIterable<TestMessage> {
  /** @internal */
  readonly inbox = new Inbox<TestMessage>();

  /** @internal */
  constructor(
    private readonly client: SubscriptionOwner,
    readonly id: string,
    readonly destination: string,
  ) {}

  /** The next message, or the next that the predicate accepts. @throws StompExpectationException when none comes in time */
  next(accepts: (message: TestMessage) => boolean = () => true): Promise<TestMessage> {
    const { timeoutMs } = this.client;
    const late = (): Error =>
      this.client.unmet(
        `No message came to ${this.destination} (subscription ${this.id}) within ${timeoutMs} ms`,
      );
    return this.inbox.take(accepts, timeoutMs, late);
  }

  /** Messages that came and were not taken yet. */
  get pending(): readonly TestMessage[] {
    return this.inbox.pending;
  }

  /** The next `count` messages. @throws StompExpectationException */
  async take(count: number): Promise<TestMessage[]> {
    const messages: TestMessage[] = [];
    while (messages.length < count) messages.push(await this.next());
    return messages;
  }

  /**
   * Holds when nothing came up to now: the server is asked for a RECEIPT first, so that what it sent before has arrived.
   *
   * @param ms also waits this long. @default 0
   * @throws StompExpectationException
   */
  async expectSilence(ms = 0): Promise<void> {
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    await this.client.settle();
    const [message] = this.inbox.pending;
    if (message)
      throw this.client.unmet(
        `A message came to ${this.destination}, but none was expected: ${message.text}`,
      );
  }

  /** UNSUBSCRIBE, confirmed by the server. */
  async unsubscribe(): Promise<void> {
    await this.client.unsubscribe(this);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TestMessage> {
    for (;;) yield await this.next();
  }
}
