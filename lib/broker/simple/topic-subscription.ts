import type { Warnings } from '../../channel/index.js';
import type { Message } from '../../message/index.js';
import { HeldMessage, HeldMessages } from './held-message.js';
import type { Outlet } from './outlet.js';
import { quoted } from '../../exception/index.js';
import type { Selector } from './selector/index.js';
import type { SimpleBrokerStatistics } from './statistics.js';
import { isText, Subscription, type SubscriptionHeaders } from './subscription.js';
import type { Unacknowledged } from './unacknowledged.js';

export interface PendingLimits {
  readonly maxPending: number;
  readonly maxPendingBytes: number;
  readonly maxHeldBytes: number;
}

/** What a subscription needs that does not take everything at once. */
export interface TopicSubscriptionParts {
  readonly selector: Selector | undefined;
  readonly unacknowledged: Unacknowledged | undefined;
  readonly limits: PendingLimits;
  readonly statistics: SimpleBrokerStatistics;
  readonly warnings: Warnings;
}

/**
 * A subscription of a topic that selects, or acknowledges. When the client has too much to acknowledge, messages wait
 * here; when too many wait, the oldest are dropped. What is refused (NACK) is not sent again: it is a topic.
 */
export class TopicSubscription extends Subscription {
  private readonly pending = new HeldMessages();
  private readonly isTextOnly: boolean;
  private ended = false;

  constructor(
    headers: SubscriptionHeaders,
    outlet: Outlet,
    private readonly parts: TopicSubscriptionParts,
  ) {
    super(headers, outlet);
    this.isTextOnly = headers.session.isTextOnly;
  }

  override offer(message: Message, messageId: string): void {
    const { selector, unacknowledged } = this.parts;
    // It may end while the same message goes to others.
    if (this.ended || (selector && !selector.matches(message))) return;
    // What its client cannot get, it cannot acknowledge.
    if (!unacknowledged || (this.isTextOnly && !isText(message)))
      return super.offer(message, messageId);
    if (this.pending.size === 0 && unacknowledged.hasRoom) this.deliver(message, messageId);
    else this.hold(new HeldMessage(message, messageId));
  }

  override isAwaiting(messageId: string): boolean {
    return this.parts.unacknowledged?.has(messageId) ?? false;
  }

  override settle(messageId: string): void {
    this.parts.unacknowledged?.settle(messageId);
    while (this.pending.size > 0 && this.parts.unacknowledged?.hasRoom) {
      const { message, messageId: id } = this.release();
      this.deliver(message, id);
    }
  }

  override end(): void {
    this.ended = true;
    while (this.pending.size > 0) this.release();
    this.parts.unacknowledged?.clear();
  }

  private deliver(message: Message, messageId: string): void {
    const { unacknowledged } = this.parts;
    unacknowledged!.add(messageId);
    this.outlet.deliver(message, messageId, this.receivers, this.ackOf(messageId));
  }

  private hold(held: HeldMessage): void {
    if (!this.mayHold(held)) return this.drop();
    while (!this.hasRoomFor(held)) {
      this.release();
      this.drop();
    }
    this.pending.push(held);
    this.parts.statistics.pendingMessages++;
    this.parts.statistics.heldBytes += held.bytes;
  }

  /** Whether there would be room without the older ones that wait. */
  private mayHold({ bytes }: HeldMessage): boolean {
    const { limits, statistics } = this.parts;
    return (
      bytes <= limits.maxPendingBytes &&
      statistics.heldBytes - this.pending.bytes + bytes <= limits.maxHeldBytes
    );
  }

  private hasRoomFor({ bytes }: HeldMessage): boolean {
    const { limits, statistics } = this.parts;
    return (
      this.pending.size < limits.maxPending &&
      this.pending.bytes + bytes <= limits.maxPendingBytes &&
      statistics.heldBytes + bytes <= limits.maxHeldBytes
    );
  }

  private release(): HeldMessage {
    const held = this.pending.shift()!;
    this.parts.statistics.pendingMessages--;
    this.parts.statistics.heldBytes -= held.bytes;
    return held;
  }

  private drop(): void {
    this.parts.statistics.droppedPending++;
    this.parts.warnings.warn(
      'pending',
      () =>
        `Session ${this.session.id} does not acknowledge its subscription ${quoted(this.subscriptionId)} to ` +
        `${quoted(this.destination)}: messages that wait for it, or are too large to, are dropped (maxPending, maxPendingBytes, maxHeldBytes)`,
    );
  }
}
