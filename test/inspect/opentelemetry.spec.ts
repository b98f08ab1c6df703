import { Controller, type INestApplication } from '@nestjs/common';
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import {
  MessageMapping,
  simpleBroker,
  SimpMessagingTemplate,
  StompModule,
  SubscribeMapping,
} from 'nestjs-stomp';
import { stompTracing } from 'nestjs-stomp/opentelemetry';
import { StompTestClient } from 'nestjs-stomp/testing';
import { take, timer, type Observable } from 'rxjs';
import { startNest } from '../support/nest-application.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';
const traceparent = `00-${TRACE_ID}-${PARENT_ID}-01`;

@Controller()
class TracedController {
  @MessageMapping('/echo')
  echo(text: string): string {
    return text;
  }

  @MessageMapping('/later')
  async later(): Promise<string> {
    await Promise.resolve();
    return trace.getActiveSpan()?.spanContext().spanId ?? 'none';
  }

  @MessageMapping('/fails')
  fails(): void {
    throw new Error('as it should');
  }

  @SubscribeMapping('/ticks')
  ticks(): Observable<number> {
    return timer(10, 10).pipe(take(2));
  }

  @SubscribeMapping('/positions')
  positions(): string {
    return trace.getActiveSpan()?.spanContext().traceId ?? 'none';
  }
}

describe('stompTracing', () => {
  const exporter = new InMemorySpanExporter();
  let app: INestApplication;
  let client: StompTestClient;

  beforeAll(() => {
    const spanProcessors = [new SimpleSpanProcessor(exporter)];
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  });

  afterAll(() => {
    trace.disable();
    context.disable();
    propagation.disable();
  });

  beforeEach(async () => {
    const tracing = stompTracing();
    const running = await startNest({
      imports: [
        StompModule.forRoot({
          endpoints: ['/stomp'],
          applicationDestinationPrefixes: ['/app'],
          brokers: [simpleBroker({ destinations: ['/topic', '/queue'] })],
          clientInboundChannel: { interceptors: [tracing.inbound] },
          brokerChannel: { interceptors: [tracing.broker] },
          directReplyPostProcessors: [tracing.reply],
        }),
      ],
      controllers: [TracedController],
    });
    app = running.app;
    client = await StompTestClient.connect(app);
  });

  afterEach(async () => {
    await app.close();
    exporter.reset();
  });

  function spanOf(destination: string): ReadableSpan {
    const name = `process ${destination}`;
    return exporter.getFinishedSpans().find((span) => span.name === name)!;
  }

  it('makes a span of a SEND, child of the one that its traceparent names', async () => {
    await client.sendAndWait('/app/echo', 'x', { traceparent });
    const span = spanOf('/app/echo');
    expect(span.spanContext().traceId).toBe(TRACE_ID);
    expect(span.parentSpanContext?.spanId).toBe(PARENT_ID);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toMatchObject({
      'messaging.system': 'stomp',
      'messaging.destination.name': '/app/echo',
      'messaging.message.body.size': 1,
      'code.function.name': 'TracedController.echo',
    });
  });

  it('begins a trace where a SEND has none', async () => {
    await client.sendAndWait('/app/echo', 'x');
    expect(spanOf('/app/echo').parentSpanContext).toBeUndefined();
  });

  it('names the span of the handler in what the handler sends', async () => {
    const later = await client.subscribe('/topic/later');
    client.send('/app/later', '', { traceparent });
    const { headers, text } = await later.next();
    const { spanId } = spanOf('/app/later').spanContext();
    expect(text).toBe(spanId);
    expect(headers.traceparent).toBe(`00-${TRACE_ID}-${spanId}-01`);
  });

  it('names the span in what clients send to each other', async () => {
    const messages = await client.subscribe('/topic/a');
    client.send('/topic/a', 'x', { traceparent });
    const { headers } = await messages.next();
    expect(headers.traceparent).toBe(
      `00-${TRACE_ID}-${spanOf('/topic/a').spanContext().spanId}-01`,
    );
  });

  it('names the active span in what the application sends by itself', async () => {
    const messages = await client.subscribe('/topic/a');
    const span = trace.getTracer('test').startSpan('job');
    context.with(trace.setSpan(context.active(), span), () =>
      app.get(SimpMessagingTemplate).convertAndSend('/topic/a', 'x'),
    );
    const { headers } = await messages.next();
    expect(headers.traceparent).toContain(span.spanContext().spanId);
  });

  it('writes no header where no span is active', async () => {
    const messages = await client.subscribe('/topic/a');
    app.get(SimpMessagingTemplate).convertAndSend('/topic/a', 'x');
    expect((await messages.next()).headers.traceparent).toBeUndefined();
  });

  it('runs handlers of SUBSCRIBE inside of a span', async () => {
    const positions = await client.subscribe('/app/positions', { traceparent });
    expect((await positions.next()).text).toBe(TRACE_ID);
  });

  it('names the span of a SUBSCRIBE in the direct answer, and in each value of a live one', async () => {
    for (const destination of ['/app/positions', '/app/ticks']) {
      const answers = await client.subscribe(destination, { traceparent });
      const [span] = exporter.getFinishedSpans().filter(({ name }) => name.endsWith(destination));
      const named = `00-${TRACE_ID}-${span!.spanContext().spanId}-01`;
      for (const { headers } of await answers.take(destination === '/app/ticks' ? 2 : 1))
        expect(headers.traceparent).toBe(named);
    }
  });

  it('leaves deliveries shared', async () => {
    const shared: number[] = [];
    const { instance } = app.get(StompModule);
    instance.outbound.subscribeDeliveries({
      handleDelivery: ({ receivers }) => void shared.push(receivers.length),
    });
    const both = [await client.subscribe('/topic/a'), await client.subscribe('/topic/a')];
    app.get(SimpMessagingTemplate).convertAndSend('/topic/a', 'x');
    for (const one of both) await one.next();
    expect(shared).toEqual([2]);
  });

  it('keeps what a handler failed with', async () => {
    client.send('/app/fails', 'x', { traceparent });
    await client.sendAndWait('/topic/a');
    const span = spanOf('/app/fails');
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'as it should' });
    expect(span.events).toHaveLength(1);
  });
});
