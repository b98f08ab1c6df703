import { quoted } from '../exception/index.js';
import type { Message } from '../message/index.js';
import { FrameRefusedException, limitExceeded } from './frame-refused.exception.js';

const NO_BROKERS: readonly number[] = [];

/** A subscription that a session has, whoever its destination belongs to. */
export interface SessionSubscription {
  /** Undefined for one of STOMP 1.0 without id. */
  readonly id: string | undefined;
  /** As the interceptors left it; UNSUBSCRIBE goes the same way. */
  destination: string;
  /** As the client wrote it. */
  readonly requested: string;
  /** Indexes of the brokers that take it. */
  brokers: readonly number[];
  /** The SUBSCRIBE as the interceptors left it, until it is announced. */
  message: Message | undefined;
  /** Whether `sessionSubscribe` was published. */
  announced: boolean;
  /** The UNSUBSCRIBE that came before it was announced. */
  endedBy: Message | undefined;
  /** Whether the server ended it, or never let it begin; the client does not know and may still UNSUBSCRIBE. */
  ended: boolean;
}

/** The subscriptions of one session by id; in STOMP 1.0 those without id by destination. */
export class SessionSubscriptions {
  private readonly byId = new Map<string, SessionSubscription>();
  /** Made with the first one: STOMP 1.0 only. */
  private byDestination: Map<string, SessionSubscription> | undefined;

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.byId.size + (this.byDestination?.size ?? 0);
  }

  *[Symbol.iterator](): Generator<SessionSubscription> {
    yield* this.byId.values();
    if (this.byDestination) yield* this.byDestination.values();
  }

  /** @throws FrameRefusedException when the id is in use or there are too many */
  add(id: string | undefined, destination: string): SessionSubscription {
    if (this.find(id, destination)?.ended === false)
      throw new FrameRefusedException(
        'STOMP_ERR_SUBSCRIPTION_DUPLICATE',
        id === undefined
          ? `This session is subscribed to ${quoted(destination)} already; a second subscription needs an "id"`
          : `Subscription id ${quoted(id)} is in use already; ids are unique in a connection`,
      );
    if (this.size >= this.limit && !this.forgetEnded())
      throw limitExceeded(
        'STOMP_ERR_SUBSCRIPTION_LIMIT',
        `Too many subscriptions: a session may have ${this.limit}`,
      );
    const subscription: SessionSubscription = {
      id,
      destination,
      requested: destination,
      brokers: NO_BROKERS,
      message: undefined,
      announced: false,
      endedBy: undefined,
      ended: false,
    };
    this.restore(subscription);
    return subscription;
  }

  find(id: string | undefined, destination: string | undefined): SessionSubscription | undefined {
    if (id !== undefined) return this.byId.get(id);
    return destination === undefined ? undefined : this.byDestination?.get(destination);
  }

  /** STOMP 1.0, UNSUBSCRIBE: by destination also a subscription that has an id. */
  findByDestination(destination: string): SessionSubscription | undefined {
    const withoutId = this.byDestination?.get(destination);
    if (withoutId) return withoutId;
    for (const one of this.byId.values()) if (one.requested === destination) return one;
    return undefined;
  }

  /** Whether a message for this id may be sent: the client asked for it, and it was not ended. */
  isLive(id: string | undefined): boolean {
    if (id === undefined) return this.byDestination !== undefined && this.byDestination.size > 0;
    return this.byId.get(id)?.ended === false;
  }

  remove(subscription: SessionSubscription): void {
    if (subscription.id === undefined) this.byDestination?.delete(subscription.requested);
    else this.byId.delete(subscription.id);
  }

  /** Makes room by the one that ended first; false when none has ended. */
  private forgetEnded(): boolean {
    for (const one of this) {
      if (!one.ended) continue;
      this.remove(one);
      return true;
    }
    return false;
  }

  restore(subscription: SessionSubscription): void {
    const { id, requested } = subscription;
    if (id === undefined) (this.byDestination ??= new Map()).set(requested, subscription);
    else this.byId.set(id, subscription);
  }
}
