import type { Message } from '../message/index.js';
import type { MessageChannel } from './message-channel.js';
import type { HandlingResult, MessageHandler } from './message-handler.js';

/**
 * Looks at, changes, replaces, drops or refuses the messages of a channel. Every method is optional and `preSend` and
 * `beforeHandle` may be asynchronous; messages behind an asynchronous one wait where their order matters.
 *
 * @publicApi
 */
export interface ChannelInterceptor {
  /** Returns the message, another one, or null to drop it. A throw refuses it: a client gets an ERROR frame. */
  preSend?(message: Message, channel: MessageChannel): Message | null | Promise<Message | null>;
  /** After the subscribers were called, not after a drop: `sent` is true. A throw is the sender's, a rejection is logged. */
  postSend?(message: Message, channel: MessageChannel, sent: boolean): void;
  /**
   * After all of it, in reverse order, for interceptors whose preSend let the message pass; `sent` is false when a later one
   * dropped or refused it. What it throws is logged.
   */
  afterSendCompletion?(
    message: Message,
    channel: MessageChannel,
    sent: boolean,
    error?: unknown,
  ): void;
  /** Once a subscriber, before it is called; null skips that subscriber, a throw is its failure. */
  beforeHandle?(
    message: Message,
    channel: MessageChannel,
    handler: MessageHandler,
  ): Message | null | Promise<Message | null>;
  /**
   * Once a subscriber, around it: calls `handle` once and returns what that returned, or throws what it threw. For what
   * has to surround the call itself, as an AsyncLocalStorage.
   */
  aroundHandle?(
    message: Message,
    channel: MessageChannel,
    handler: MessageHandler,
    handle: () => HandlingResult,
  ): HandlingResult;
  /**
   * Once a subscriber, in reverse order, when its handling is complete, or when a later `beforeHandle` skipped it or threw. What
   * it throws is logged.
   */
  afterMessageHandled?(
    message: Message,
    channel: MessageChannel,
    handler: MessageHandler,
    error?: unknown,
  ): void;
}
