import type { Observable } from 'rxjs';
import type { Message } from '../message/index.js';
import type { ChannelInterceptor } from './channel-interceptor.js';
import type { MessageChannel } from './message-channel.js';
import type { MessageHandler } from './message-handler.js';

/**
 * A channel one can listen to (Spring: SubscribableChannel).
 *
 * @publicApi
 */
export interface SubscribableChannel extends MessageChannel {
  /**
   * The messages after the interceptors, hot. An observer that throws is logged and disturbs nobody. On the outbound
   * channel, listening makes one message for every receiver.
   */
  readonly messages$: Observable<Message>;
  /** Adds a subscriber; each is called for every message it wants, in order of subscription. Returns how to leave. */
  subscribe(handler: MessageHandler): () => void;
  /** Adds interceptors behind those that are there. */
  addInterceptors(...interceptors: ChannelInterceptor[]): void;
}
