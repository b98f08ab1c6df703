import type { Message } from '../../message/index.js';
import type { HandlerMethod } from '../handler-method.js';

/**
 * Takes what a handler without `@SendTo`, `@SendToUser` and `@SubscribeMapping` returned, before it would go to the default
 * destination (Spring: HandlerMethodReturnValueHandler). Asked for each value of a stream, and for the value of a promise.
 *
 * @publicApi
 */
export interface HandlerMethodReturnValueHandler {
  supportsReturnValue(value: unknown, handler: HandlerMethod): boolean;
  /** May return a promise. What it throws goes to the exception handlers. */
  handleReturnValue(value: unknown, handler: HandlerMethod, message: Message): unknown;
}
