import { trace, type Tracer } from '@opentelemetry/api';
import type { ChannelInterceptor } from '../../channel/index.js';
import type { MessagePostProcessor } from '../../template/index.js';
import { injectTrace, TraceInjection } from './trace-injection.js';
import { TracedMessages, type SpanName } from './traced-messages.js';

/**
 * How messages are traced.
 *
 * @publicApi
 */
export interface StompTracingOptions {
  /** @default that of the global provider, named `nestjs-stomp` */
  tracer?: Tracer;
  /** Name of a span: `process` for a SEND, `subscribe` for a SUBSCRIBE. @default `${operation} ${destination}` */
  spanName?: SpanName;
}

/**
 * One interceptor for each of two channels, and what direct answers need, which pass neither.
 *
 * @publicApi
 */
export interface StompTracing {
  /** For clientInboundChannel, the first of its interceptors. */
  readonly inbound: ChannelInterceptor;
  /** For brokerChannel, the last of its interceptors. */
  readonly broker: ChannelInterceptor;
  /** For `directReplyPostProcessors`. */
  readonly reply: MessagePostProcessor;
}

/**
 * Carries W3C `traceparent` and `tracestate` in STOMP headers. A SEND of a client, and a SUBSCRIBE, becomes a span, child of
 * the one that its headers name, inside which handlers run; what the application sends names the span that is active.
 * Headers are read and written by the propagator, and spans made by the provider, that the application has registered;
 * without any nothing happens.
 *
 * @publicApi
 */
export function stompTracing({
  tracer = trace.getTracer('nestjs-stomp'),
  spanName = (operation, destination) => `${operation} ${destination}`,
}: StompTracingOptions = {}): StompTracing {
  const inbound = new TracedMessages(tracer, spanName);
  return { inbound, broker: new TraceInjection(), reply: injectTrace };
}
