import { Buffer } from 'node:buffer';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { errorText } from '../../exception/index.js';
import type {
  ChannelInterceptor,
  HandlingResult,
  MessageChannel,
  MessageHandler,
} from '../../channel/index.js';
import { SimpMessageType, StompHeaderAccessor, type Message } from '../../message/index.js';
import type { StompDiagnostics } from '../diagnostics.js';
import { changeable, READ, WRITE } from './trace-headers.js';

/**
 * What a span is about, in its name.
 *
 * @publicApi
 */
export type TracedOperation = 'process' | 'subscribe';
/**
 * Makes the name of a span.
 *
 * @publicApi
 */
export type SpanName = (operation: TracedOperation, destination: string) => string;

const SCOPE = 'nestjs-stomp.trace';
const OPERATIONS = new Map<SimpMessageType, TracedOperation>([
  [SimpMessageType.MESSAGE, 'process'],
  [SimpMessageType.SUBSCRIBE, 'subscribe'],
]);

/** The span of a message, kept among its headers. */
class TraceScope {
  constructor(
    readonly span: Span,
    readonly context: Context,
  ) {}

  toJSON(): unknown {
    return this.span.spanContext();
  }
}

/** Makes a span of each SEND and SUBSCRIBE of a client, and runs its handling inside. */
export class TracedMessages implements ChannelInterceptor {
  constructor(
    private readonly tracer: Tracer,
    private readonly spanName: SpanName,
  ) {}

  preSend(message: Message): Message {
    const { messageType, destination } = message.headers;
    const operation = OPERATIONS.get(messageType);
    if (operation === undefined || destination === undefined) return message;
    const parent = propagation.extract(ROOT_CONTEXT, message.headers, READ);
    const attributes = attributesOf(message, operation, destination);
    const options = { kind: SpanKind.CONSUMER, attributes };
    const span = this.tracer.startSpan(this.spanName(operation, destination), options, parent);
    const scope = new TraceScope(span, trace.setSpan(parent, span));
    hearOfFailures();
    const traced = changeable(message);
    const accessor = StompHeaderAccessor.getAccessor(traced);
    accessor.setHeader(SCOPE, scope);
    // What a broker passes on as it is comes from this span too.
    propagation.inject(scope.context, accessor, WRITE);
    return traced;
  }

  aroundHandle(
    message: Message,
    _channel: MessageChannel,
    _handler: MessageHandler,
    handle: () => HandlingResult,
  ): HandlingResult {
    const scope = scopeOf(message);
    return scope ? context.with(scope.context, handle) : handle();
  }

  afterSendCompletion(
    message: Message,
    _channel: MessageChannel,
    sent: boolean,
    error?: unknown,
  ): void {
    const scope = scopeOf(message);
    if (!scope) return;
    if (error !== undefined) fail(scope.span, error);
    else if (!sent) scope.span.setAttribute('messaging.stomp.dropped', true);
    scope.span.end();
    hearNoMore();
  }
}

function scopeOf({ headers }: Message): TraceScope | undefined {
  return headers.get<TraceScope>(SCOPE);
}

let open = 0;

/** One subscription for all instances, as long as there are spans. */
function hearOfFailures(): void {
  if (open++ === 0) subscribe('stomp:message:handled', onHandled);
}

function hearNoMore(): void {
  if (--open === 0) unsubscribe('stomp:message:handled', onHandled);
}

/** Handlers keep what they failed with to themselves, unless the client asked for a receipt. */
function onHandled(event: unknown): void {
  const { message, handler, error } = event as StompDiagnostics['stomp:message:handled'];
  const span = scopeOf(message)?.span;
  if (!span) return;
  span.setAttribute('code.function.name', handler);
  if (error !== undefined) fail(span, error);
}

function fail(span: Span, error: unknown): void {
  const exception = error instanceof Error ? error : String(error);
  span.recordException(exception);
  const message = errorText(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

function attributesOf(
  { headers, payload }: Message,
  operation: TracedOperation,
  destination: string,
): Attributes {
  return {
    'messaging.system': 'stomp',
    'messaging.operation.name': operation,
    'messaging.destination.name': destination,
    'messaging.client.id': headers.sessionId,
    ...(Buffer.isBuffer(payload) && { 'messaging.message.body.size': payload.length }),
  };
}
