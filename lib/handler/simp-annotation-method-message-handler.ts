import { messageContext, type HandlingResult, type MessageHandler } from '../channel/index.js';
import { SimpMessageType, type Message } from '../message/index.js';
import { isThenable } from './thenable.js';
import type { BoundHandler } from './bound-handler.js';
import type { HandlerOptions, HandlerRooms } from './handler-options.js';
import { HandlerRegistry } from './handler-registry.js';
import { Invocation } from './invocation.js';
import type { MappingType, Match } from './mapping/mapping-registry.js';
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
  private readonly streams = new StreamRegistry();
  private readonly results: ResultHandler;
  private readonly failures: FailureHandler;
  private readonly hints: UnhandledHints;

  constructor(
    explorer: StompExplorer,
    private readonly rooms: HandlerRooms,
    private readonly options: HandlerOptions = {},
  ) {
    this.hints = new UnhandledHints(rooms.router);
    this.registry = new HandlerRegistry(explorer, rooms, options);
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
    const lookup = this.rooms.router.withoutApplicationPrefix(destination);
    if (lookup === undefined) return;
    const match = this.registry[type].find(lookup);
    if (!match) return this.hint(type, destination, lookup);
    const bound = this.registry.boundTo(match.mapping.handler);
    const { pattern } = match.mapping;
    const { handler } = bound;
    const invocation = new Invocation(message, handler, lookup, pattern.text, match.variables);
    if (!this.options.trackMessageContext) return this.run(bound, invocation, match);
    const context = { message, session: message.headers.session };
    return messageContext.run(context, () => this.run(bound, invocation, match));
  }

  private hint(type: MappingType, destination: string, lookup: string): void {
    if (this.options.startupChecks === 'off') return;
    const other = type === 'message' ? 'subscribe' : 'message';
    this.hints.tell(type, destination, () => this.registry[other].find(lookup) !== undefined);
  }

  private run(bound: BoundHandler, invocation: Invocation, match: Match): HandlingResult {
    let result: unknown;
    try {
      if (match.ambiguity) throw match.ambiguity;
      result = this.reply(bound.invoker.invoke(invocation), bound, invocation);
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
