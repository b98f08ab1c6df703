export type {
  HandlerMethodArgumentResolver,
  MethodParameter,
} from './argument/method-parameter.js';
export * from './decorators/index.js';
export type { UnhandledErrorPolicy } from './failure/failure-handler.js';
export { AmbiguousMappingException, InvalidHandlerException } from './failure/handler.exception.js';
export {
  MethodArgumentConversionException,
  MethodArgumentException,
  MethodArgumentNotValidException,
  MissingArgumentException,
  PayloadConversionException,
  type FieldError,
} from './failure/method-argument.exception.js';
export { UnhandledMessageException } from './failure/unhandled-message.exception.js';
export { CallMeter, type HandledCall, type HandlerObserver } from './call-meter.js';
export { DURATION_BOUNDS_MS, HandlerCalls } from './handler-calls.js';
export { HandlerMethod } from './handler-method.js';
export type { HandlerOptions, HandlerRooms, StartupChecks } from './handler-options.js';
export type { PlaceholderResolver } from './mapping/placeholders.js';
export type { HandlerMethodReturnValueHandler } from './reply/return-value-handler.js';
export { SimpAnnotationMethodMessageHandler } from './simp-annotation-method-message-handler.js';
export { DEFAULT_INSTANCE, Membership, type InstanceClaim } from './membership.js';
export { StompExplorer, type StompExplorerOptions } from './stomp-explorer.js';
