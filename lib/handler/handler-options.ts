import type { MessageChannel } from '../channel/index.js';
import type { DestinationRouter } from '../destination/index.js';
import type { CompositeMessageConverter } from '../message/index.js';
import type { MessagePostProcessor, SimpMessagingTemplate } from '../template/index.js';
import type { HandlerMethodArgumentResolver } from './argument/method-parameter.js';
import type { UnhandledErrorPolicy } from './failure/failure-handler.js';
import type { PlaceholderResolver } from './mapping/placeholders.js';
import type { HandlerMethodReturnValueHandler } from './reply/return-value-handler.js';
import type { SessionDestinationFinder } from './reply/session-destination-finder.js';

/** What handlers need of the other rooms. */
export interface HandlerRooms {
  readonly router: DestinationRouter;
  /** `/` or `.` */
  readonly pathSeparator: string;
  readonly template: SimpMessagingTemplate;
  readonly clientOutboundChannel: MessageChannel;
  readonly messageConverter: CompositeMessageConverter;
  /** Knows where replies to a session can go at once. @default by their user destination */
  readonly sessionDestinations?: SessionDestinationFinder;
}

/**
 * What mistakes in handlers, found when the application starts, lead to.
 *
 * @publicApi
 */
export type StartupChecks = 'warn' | 'throw' | 'off';

/**
 * Options for annotated handlers.
 *
 * @publicApi
 */
export interface HandlerOptions {
  /** Asked for parameters without a decorator, before they are taken for the payload. @default [] */
  readonly argumentResolvers?: readonly HandlerMethodArgumentResolver[];
  /** Asked before a returned value goes to its default destination. @default [] */
  readonly returnValueHandlers?: readonly HandlerMethodReturnValueHandler[];
  /** What happens to what no exception handler and no filter took; it is always logged. @default 'log' */
  readonly onUnhandledError?: UnhandledErrorPolicy;
  /** Headers of a message that are copied to its replies, such as `correlation-id`. @default [] */
  readonly replyHeaders?: readonly string[];
  /**
   * Change the direct answers of `@SubscribeMapping`, or replace them, when they are converted: they pass no
   * brokerChannel, and an interceptor of clientOutboundChannel would cost every delivery. @default []
   */
  readonly directReplyPostProcessors?: readonly MessagePostProcessor[];
  /** Streams, returned by handlers, that a session may have open at once. @default 1000 */
  readonly maxStreamsPerSession?: number;
  /** What mistakes in handlers, found at start, lead to: log lines, a start that fails, nothing. @default 'warn' */
  readonly startupChecks?: StartupChecks;
  /** Whether filters bound globally, usually written for HTTP, see what handlers throw. @default false */
  readonly applyGlobalFilters?: boolean;
  /** Values for `${key}` in mappings, destinations and headers, such as those of a ConfigService. @default process.env */
  readonly resolvePlaceholder?: PlaceholderResolver;
  /** @internal Whether handlers run inside `messageContext`, which session-scoped providers need. @default false */
  readonly trackMessageContext?: boolean;
}
