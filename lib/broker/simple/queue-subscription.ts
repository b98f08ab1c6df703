import type { Message } from '../../message/index.js';
import type { HeldMessage, HeldMessageOwner } from './held-message.js';
import type { Outlet } from './outlet.js';
import { nextConsumerId, type QueueConsumer, type ServingQueue } from './queue-consumer.js';
import type { Selector } from './selector/index.js';
import { isText, Subscription, type SubscriptionHeaders } from './subscription.js';
import type { Unacknowledged } from './unacknowledged.js';

export interface QueueSubscriptionParts {
  readonly selector: Selector | undefined;
  /** Undefined with `ack:auto`: what was sent is done. */
  readonly unacknowledged: Unacknowledged | undefined;
}

/** A client's subscription of a queue, or of a pattern of queues. */
export class QueueSubscription extends Subscription implements QueueConsumer {
  readonly consumerId = nextConsumerId();
  servedAt = 0;
  /** Queues that had something for it when it had no room. */
  private readonly hungryFor = new Set<ServingQueue>();
  private ended = false;
  private readonly isTextOnly: boolean;

  constructor(
    headers: SubscriptionHeaders,
    outlet: Outlet,
    private readonly parts: QueueSubscriptionParts,
  ) {
    super(headers, outlet);
    this.isTextOnly = headers.session.isTextOnly;
  }

  get hasRoom(): boolean {
    return !this.ended && (this.parts.unacknowledged?.hasRoom ?? true);
  }

  wants(message: Message): boolean {
    if (this.isTextOnly && !isText(message)) return false;
    return this.parts.selector?.matches(message) ?? true;
  }

  take(held: HeldMessage): void {
    const { unacknowledged } = this.parts;
    const { message, messageId } = held;
    unacknowledged?.add(messageId, held);
    this.outlet.deliver(
      message,
      messageId,
      this.receivers,
      this.ackOf(messageId),
      held.attempts > 1,
    );
    if (!unacknowledged) held.owner?.finish(held);
  }

  passedBy(queue: ServingQueue): void {
    this.hungryFor.add(queue);
  }

  forget(queue: ServingQueue): void {
    this.hungryFor.delete(queue);
  }

  override isAwaiting(messageId: string): boolean {
    return this.parts.unacknowledged?.has(messageId) ?? false;
  }

  override settle(messageId: string, accepted: boolean): void {
    const settled = this.parts.unacknowledged?.settle(messageId) ?? [];
    if (accepted) for (const held of settled) held.owner?.finish(held);
    else this.giveBack(settled, this.consumerId);
    for (const queue of [...this.hungryFor]) {
      this.hungryFor.delete(queue);
      queue.serve(this);
    }
  }

  override end(): void {
    this.ended = true;
    this.hungryFor.clear();
    this.giveBack(this.parts.unacknowledged?.clear() ?? []);
  }

  private giveBack(messages: readonly HeldMessage[], refusedBy?: number): void {
    const byOwner = new Map<HeldMessageOwner, HeldMessage[]>();
    for (const held of messages) {
      held.refusedBy = refusedBy;
      const ofOwner = byOwner.get(held.owner!);
      if (ofOwner) ofOwner.push(held);
      else byOwner.set(held.owner!, [held]);
    }
    for (const [owner, ofOwner] of byOwner) owner.takeBack(ofOwner);
  }
}
