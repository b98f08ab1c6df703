import { messageContext, type HandlingResult, type MessageHandler } from '../channel/index.js';
import { checkBound, isThenable } from '../exception/index.js';
import { SimpMessageType, type Message } from '../message/index.js';
import type { BoundHandler } from './bound-handler.js';
import { CallMeter } from './call-meter.js';
import type { HandlerCalls } from './handler-calls.js';
import type { HandlerOptions, HandlerRooms } from './handler-options.js';
import { HandlerRegistry } from './handler-registry.js';
import { HandlerRoutes, type Route } from './handler-routes.js';
import { Invocation } from './invocation.js';
import type { MappingType } from './mapping/mapping-registry.js';
import { ReplySender } from './reply/reply-sender.js';
import { ResultHandler } from './reply/result-handler.js';
import { StreamRegistry } from './reply/stream-registry.js';
import { FailureHandler } from './failure/failure-handler.js';
import type { StompExplorer } from './stomp-explorer.js';
import { UnhandledHints } from './unhandled-hints.js';

/**
 * Gives messages to annotated handlers: SEND to `@MessageMapping`, SUBSCRIBE to `@SubscribeMapping` methods
 * (Spring: SimpAnnotationMethodMessageHandler). A handler with nothing bound and nothing asynchronous is done on return.
 */
export class SimpAnnotationMethodMessageHandler implements MessageHandler {
  readonly destinationPrefixes: readonly string[];
  readonly meter = new CallMeter();
  private readonly registry: HandlerRegistry;
  private readonly routes: HandlerRoutes;
  private readonly streams: StreamRegistry;
  private readonly results: ResultHandler;
  private readonly failures: FailureHandler;
  private readonly hints: UnhandledHints;

  constructor(
    explorer: StompExplorer,
    rooms: HandlerRooms,
    private readonly options: HandlerOptions = {},
  ) {
    this.destinationPrefixes = rooms.router.prefixes.application;
    this.hints = new UnhandledHints(rooms.router);
    const registry = new HandlerRegistry(explorer, rooms, options);
    this.registry = registry;
    this.routes = new HandlerRoutes(rooms.router, registry, (one) => registry.boundTo(one));
    const { maxStreamsPerSession = 1000 } = options;
    checkBound('maxStreamsPerSession', maxStreamsPerSession, true);
    this.streams = new StreamRegistry(maxStreamsPerSession);
    this.results = new ResultHandler(new ReplySender(rooms, options), this.streams);
    this.failures = new FailureHandler({
      resolver: this.registry.exceptions,
      results: this.results,
      clientOutboundChannel: rooms.clientOutboundChannel,
      policy: options.onUnhandledError ?? 'log',
      applyGlobalFilters: options.applyGlobalFilters ?? false,
    });
  }

  /**
   * Finds the handlers; to be called when all providers are there and global enhancers are set.
   *
   * @throws InvalidHandlerException, AmbiguousMappingException
   */
  start(): Promise<void> {
    return this.registry.start();
  }

  /** Ends all streams. */
  stop(): void {
    this.streams.endAll();
  }

  /** Number of open streams of handlers. */
  get streamCount(): number {
    return this.streams.size;
  }

  /** What was counted, a handler each. */
  get calls(): readonly HandlerCalls[] {
    return this.registry.calls;
  }

  handleMessage(message: Message): HandlingResult {
    switch (message.headers.fields.messageType) {
      case SimpMessageType.MESSAGE:
        return this.dispatch(message, 'message');
      case SimpMessageType.SUBSCRIBE:
        return this.dispatch(message, 'subscribe');
      case SimpMessageType.UNSUBSCRIBE:
      case SimpMessageType.DISCONNECT:
        this.streams.end(message);
    }
  }

  private dispatch(message: Message, type: MappingType): HandlingResult {
    const { destination } = message.headers.fields;
    if (destination === undefined) return;
    const route = this.routes.find(type, destination);
    if (!route) return route === null ? this.hint(type, destination) : undefined;
    if (!this.options.trackMessageContext) return this.run(message, route);
    const context = { message, session: message.headers.session };
    return messageContext.run(context, () => this.run(message, route));
  }

  private hint(type: MappingType, destination: string): void {
    if (this.options.startupChecks === 'off') return;
    const other = type === 'message' ? 'subscribe' : 'message';
    this.hints.tell(type, destination, () => Boolean(this.routes.find(other, destination)));
  }

  private run(message: Message, route: Route): HandlingResult {
    const { bound } = route;
    const invocation = new Invocation(message, bound.handler, route, undefined);
    this.meter.begin(bound.calls, invocation);
    let result: HandlingResult;
    try {
      result = this.call(invocation, bound, route);
    } catch (error) {
      this.meter.end(bound.calls, invocation);
      throw error;
    }
    this.meter.follow(bound.calls, invocation, result);
    return result;
  }

  private call(invocation: Invocation, bound: BoundHandler, { ambiguity }: Route): HandlingResult {
    let result: unknown;
    try {
      if (ambiguity) throw ambiguity;
      const returned = bound.invoker.invoke(invocation);
      if (returned === undefined) return;
      result = this.reply(returned, bound, invocation);
    } catch (error) {
      result = this.fail(error, bound, invocation);
      invocation.markEntered();
      return isThenable(result) ? Promise.resolve(result) : undefined;
    }
    if (!isThenable(result)) return;
    const completed = Promise.resolve(
      result.then(undefined, (error: unknown) => this.fail(error, bound, invocation)),
    );
    this.streams.watch(invocation, completed);
    if (invocation.entered) return completed;
    return { entered: invocation.enteredOr(completed), completed };
  }

  private reply(result: unknown, bound: BoundHandler, invocation: Invocation): unknown {
    return this.results.handle(result, bound.plan, invocation, (error) => {
      this.meter.fail(bound.calls, invocation, error);
      this.failures.handleLate(error, bound, invocation);
    });
  }

  private fail(error: unknown, bound: BoundHandler, invocation: Invocation): unknown {
    this.meter.fail(bound.calls, invocation, error);
    return this.failures.handle(error, bound, invocation);
  }
}
