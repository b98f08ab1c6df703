export type { SpanName, TracedOperation } from './traced-messages.js';
export { stompTracing, type StompTracing, type StompTracingOptions } from './stomp-tracing.js';
