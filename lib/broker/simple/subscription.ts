import { isUtf8 } from 'node:buffer';
import type { Receiver } from '../../channel/index.js';
import type { Message, SessionContext } from '../../message/index.js';
import type { Outlet } from './outlet.js';

/** What every subscription of a client consists of. */
export interface SubscriptionHeaders {
  readonly session: SessionContext;
  /** Undefined in STOMP 1.0 without an id. */
  readonly subscriptionId: string | undefined;
  /** Destination or pattern. */
  readonly destination: string;
  /** The beginning of its `ack` headers, unique in the session; undefined when it does not acknowledge. */
  readonly ackPrefix: string | undefined;
}

/** Whether a client that takes text only can get this message. */
export function isText({ payload }: Message): boolean {
  return isUtf8(payload as Buffer);
}

/**
 * One subscription of a client. This class is the plain kind: every message of a topic, nothing to be acknowledged. It is
 * the receiver of its deliveries.
 */
export class Subscription implements Receiver {
  readonly session: SessionContext;
  readonly subscriptionId: string | undefined;
  readonly destination: string;
  readonly ackPrefix: string | undefined;
  private ownReceivers: readonly Receiver[] | undefined;

  constructor(
    { session, subscriptionId, destination, ackPrefix }: SubscriptionHeaders,
    protected readonly outlet: Outlet,
  ) {
    this.session = session;
    this.subscriptionId = subscriptionId;
    this.destination = destination;
    this.ackPrefix = ackPrefix;
  }

  /** Takes a message of a topic, if it is one this subscription wants. */
  offer(message: Message, messageId: string): void {
    this.outlet.deliver(message, messageId, this.receivers);
  }

  /** Whether the client has received this message and not acknowledged it. */
  isAwaiting(_messageId: string): boolean {
    return false;
  }

  /** ACK or NACK; nothing happens when the message is not awaited any more. */
  settle(_messageId: string, _accepted: boolean): void {}

  /** Called once it is out of every index: gives up or returns what it holds. */
  end(): void {}

  /** The list with nobody else in it; always the same one. */
  protected get receivers(): readonly Receiver[] {
    return (this.ownReceivers ??= [this]);
  }

  /** The `ack` header for a message. */
  protected ackOf(messageId: string): string | undefined {
    return this.ackPrefix === undefined ? undefined : this.ackPrefix + messageId;
  }
}
