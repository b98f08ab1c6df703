/**
 * What a simple broker holds and has done; live, to be read. Gauges are zero when nobody is there and nothing waits.
 *
 * @publicApi
 */
export class SimpleBrokerStatistics {
  /** Gauge: sessions that sent CONNECT and have not ended. */
  sessions = 0;
  /** Gauge: subscriptions of clients. */
  subscriptions = 0;
  /** Gauge: queues that hold messages, waiting or unacknowledged ones. */
  queues = 0;
  /** Gauge: messages that wait in queues for a consumer. */
  queuedMessages = 0;
  /** Gauge: messages that wait for subscriptions of topics whose clients have to acknowledge others first. */
  pendingMessages = 0;
  /** Gauge: messages that clients have received and not acknowledged. */
  unacknowledged = 0;
  /** Gauge: octets of the messages that wait, and of those of queues that are not acknowledged. */
  heldBytes = 0;
  /** Gauge: transactions that were begun and not ended. */
  transactions = 0;
  /** Gauge: destinations whose last message is kept. */
  lastValues = 0;

  /** Messages that were published. */
  published = 0;
  /** Messages handed out, one for each receiver. */
  delivered = 0;
  /** Messages of queues that were handed out again. */
  redelivered = 0;
  /** Messages that were given up after too many attempts. */
  deadLettered = 0;
  /** Messages of queues that got too old. */
  expired = 0;
  /** Messages dropped because a queue was full. */
  droppedFromQueues = 0;
  /** Messages dropped because a subscription of a topic was not acknowledging. */
  droppedPending = 0;

  /** @internal */
  resetGauges(): void {
    this.sessions = this.subscriptions = this.queues = this.queuedMessages = 0;
    this.pendingMessages = this.unacknowledged = this.heldBytes = 0;
    this.transactions = this.lastValues = 0;
  }
}
