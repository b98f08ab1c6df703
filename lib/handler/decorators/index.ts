export * from './arguments.decorator.js';
export { ControllerAdvice, type ControllerAdviceOptions } from './controller-advice.decorator.js';
export {
  MessageExceptionHandler,
  type ExceptionType,
} from './message-exception-handler.decorator.js';
export { MessageMapping } from './message-mapping.decorator.js';
export type {
  ArgumentOptions,
  PipeLike,
  StandardResult,
  StandardSchema,
} from './parameter-metadata.js';
export { SendTo, SendToUser, type SendToUserOptions } from './send-to.decorator.js';
export { StompInstance } from './stomp-instance.decorator.js';
export { SubscribeMapping } from './subscribe-mapping.decorator.js';
