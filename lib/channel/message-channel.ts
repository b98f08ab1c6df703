import type { Message } from '../message/index.js';

/**
 * A send in which something asynchronous runs; both promises tell whether the message was sent, not dropped.
 *
 * @publicApi
 */
export interface PendingSend {
  /** Settles when interceptors are done and every subscriber is entered. Rejects when the message was refused. */
  readonly entered: Promise<boolean>;
  /** Settles when every subscriber is done. Rejects when the message was refused or a subscriber failed. */
  readonly completed: Promise<boolean>;
}

/**
 * `true`: sent and handled; `false`: an interceptor dropped it.
 *
 * @publicApi
 */
export type SendResult = boolean | PendingSend;

/**
 * Takes messages (Spring: MessageChannel).
 *
 * @publicApi
 */
export interface MessageChannel {
  /** `clientInboundChannel`, `clientOutboundChannel` or `brokerChannel`. */
  readonly name: string;
  /**
   * Sends a message through the interceptors to the subscribers. Without anything asynchronous on the way it is all
   * done on return, and what an interceptor or a subscriber throws is thrown here.
   */
  send(message: Message): SendResult;
}
