import { messageContext, type HandlingResult, type MessageHandler } from '../channel/index.js';
import { SimpMessageType, type Message } from '../message/index.js';
import { isThenable } from './thenable.js';
import type { BoundHandler } from './bound-handler.js';
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
  private readonly registry: HandlerRegistry;
  private readonly routes: HandlerRoutes;
  private readonly streams = new StreamRegistry();
  private readonly results: ResultHandler;
  private readonly failures: FailureHandler;
  private readonly hints: UnhandledHints;

  constructor(
    explorer: StompExplorer,
    rooms: HandlerRooms,
    private readonly options: HandlerOptions = {},
  ) {
    this.hints = new UnhandledHints(rooms.router);
    const registry = new HandlerRegistry(explorer, rooms, options);
    this.registry = registry;
    this.routes = new HandlerRoutes(rooms.router, registry, (one) => registry.boundTo(one));
    this.results = new ResultHandler(new ReplySender({ ...rooms, ...options }), this.streams);
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
    let result: unknown;
    try {
      if (route.ambiguity) throw route.ambiguity;
      const returned = bound.invoker.invoke(invocation);
      if (returned === undefined) return;
      result = this.reply(returned, bound, invocation);
    } catch (error) {
      result = this.failures.handle(error, bound, invocation);
      invocation.markEntered();
      return isThenable(result) ? Promise.resolve(result) : undefined;
    }
    if (!isThenable(result)) return;
    const completed = Promise.resolve(
      result.then(undefined, (error: unknown) => this.failures.handle(error, bound, invocation)),
    );
    if (invocation.entered) return completed;
    return { entered: invocation.enteredOr(completed), completed };
  }

  private reply(result: unknown, bound: BoundHandler, invocation: Invocation): unknown {
    return this.results.handle(result, bound.plan, invocation, (error) =>
      this.failures.handleLate(error, bound, invocation),
    );
  }
}
