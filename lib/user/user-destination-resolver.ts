import type { Message } from '../message/index.js';

/**
 * A place that a user destination stands for.
 *
 * @publicApi
 */
export interface UserDestinationTarget {
  /** Where the message goes: `/queue/x-user<session>`. */
  readonly destination: string;
  /** The only session that may get it. */
  readonly sessionId: string;
}

/**
 * What a user destination stands for (Spring: UserDestinationResult).
 *
 * @publicApi
 */
export interface UserDestinationResult {
  /** As in the message: `/user/ann/queue/x` or `/user/queue/x`. */
  readonly sourceDestination: string;
  /** As clients subscribe to it: `/user/queue/x`. Receivers see it as the destination. */
  readonly subscribeDestination: string;
  /** Name of the user; undefined for an anonymous session. */
  readonly user: string | undefined;
  /** Empty when the user has no session here. */
  readonly targets: readonly UserDestinationTarget[];
}

/**
 * Says which sessions a user destination stands for (Spring: UserDestinationResolver). Bring your own to resolve users
 * in another way.
 *
 * @publicApi
 */
export interface UserDestinationResolver {
  /**
   * For a SUBSCRIBE, UNSUBSCRIBE or MESSAGE; undefined when its destination is no user destination. A throw refuses the
   * message.
   */
  resolveDestination(message: Message): UserDestinationResult | undefined;
}
