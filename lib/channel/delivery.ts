import type { Message, SessionContext } from '../message/index.js';

/**
 * One subscription that messages go to.
 *
 * @publicApi
 */
export interface Receiver {
  readonly session: SessionContext;
  /** Undefined for a STOMP 1.0 subscription without an id. */
  readonly subscriptionId: string | undefined;
}

/**
 * A message on its way to many receivers: the message is shared, never copied for each. A broker passes the same
 * `receivers` array as long as nobody came or left, so that what differs by receiver is prepared once.
 *
 * @publicApi
 */
export interface Delivery {
  readonly message: Message;
  /** Unique in the process; becomes `message-id`. */
  readonly messageId: string;
  readonly receivers: readonly Receiver[];
  /** Set when the only receiver acknowledges explicitly: becomes `ack`. Such a delivery is never dropped. */
  readonly ack?: string;
  readonly redelivered?: boolean;
  /** Index of the broker it comes from, with `ack` where several brokers share the application. */
  readonly broker?: number;
}

/** Takes deliveries; the session room. */
export interface DeliveryHandler {
  handleDelivery(delivery: Delivery): void;
}
