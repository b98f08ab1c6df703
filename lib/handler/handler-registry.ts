import { Logger } from '@nestjs/common';
import { AntPathMatcher, BadPatternException } from '../destination/index.js';
import type { ParameterInfo } from './argument/method-parameter.js';
import { ParameterReader } from './argument/parameter-reader.js';
import type { BoundHandler } from './bound-handler.js';
import { MESSAGE_MAPPING, SUBSCRIBE_MAPPING } from './decorators/handler-metadata.js';
import { ExceptionResolver } from './failure/exception-resolver.js';
import { InvalidHandlerException } from './failure/handler.exception.js';
import { HandlerInvoker } from './handler-invoker.js';
import { HandlerCalls } from './handler-calls.js';
import type { HandlerMethod } from './handler-method.js';
import type { HandlerOptions, HandlerRooms } from './handler-options.js';
import { MappingRegistry, type MappingType } from './mapping/mapping-registry.js';
import { resolvePlaceholders } from './mapping/placeholders.js';
import { ERROR_REPLY, replyPlanOf } from './reply/reply-plan.js';
import { StartupChecker } from './startup-checks.js';
import type { ExploredClass, StompExplorer } from './stomp-explorer.js';

const COMMANDS = { message: 'SEND', subscribe: 'SUBSCRIBE' } as const;

/** All handlers of an instance, made ready to be called. */
export class HandlerRegistry {
  /** Mappings for SEND. */
  readonly message: MappingRegistry;
  /** Mappings for SUBSCRIBE. */
  readonly subscribe: MappingRegistry;
  readonly exceptions = new ExceptionResolver();
  private readonly logger = new Logger('StompHandler');
  private readonly matcher: AntPathMatcher;
  private readonly reader: ParameterReader;
  private readonly bound = new Map<HandlerMethod, BoundHandler>();

  constructor(
    private readonly explorer: StompExplorer,
    private readonly rooms: HandlerRooms,
    private readonly options: HandlerOptions,
  ) {
    this.matcher = new AntPathMatcher(rooms.pathSeparator);
    this.message = new MappingRegistry(this.matcher);
    this.subscribe = new MappingRegistry(this.matcher);
    this.reader = new ParameterReader(options.argumentResolvers);
  }

  /** @throws InvalidHandlerException, AmbiguousMappingException */
  async start(): Promise<void> {
    const { router, pathSeparator } = this.rooms;
    const checker = new StartupChecker(router, pathSeparator);
    for (const explored of this.explorer.explore()) {
      await explored.host.start();
      this.register(explored, checker);
    }
    for (const place of this.explorer.confusedRoutes()) checker.checkRoute(place);
    for (const one of this.explorer.missingModules()) checker.checkMissingModule(one);
    for (const stray of this.explorer.strays()) checker.checkStray(stray);
    checker.conclude(this.options.startupChecks ?? 'warn');
  }

  /** Of every handler of messages, in the order in which they were found. */
  get calls(): HandlerCalls[] {
    return Array.from(this.bound.values(), (bound) => bound.calls);
  }

  boundTo(handler: HandlerMethod): BoundHandler {
    return this.bound.get(handler)!;
  }

  private register(explored: ExploredClass, checker: StartupChecker): void {
    const { host, messages, subscriptions, exceptions, advice } = explored;
    for (const handler of messages) this.map(handler, 'message', MESSAGE_MAPPING, checker);
    for (const handler of subscriptions) this.map(handler, 'subscribe', SUBSCRIBE_MAPPING, checker);
    const handlers = exceptions.map((handler) => this.bindFailure(handler));
    for (const one of handlers) checker.checkFailureHandler(one);
    this.exceptions.register(host, advice, handlers);
    checker.checkClass(explored);
  }

  private map(
    handler: HandlerMethod,
    type: MappingType,
    key: string,
    checker: StartupChecker,
  ): void {
    this.bind(handler);
    const patterns = this.patternsOf(handler, key);
    for (const pattern of patterns) {
      this.registerPattern(type, pattern, handler);
      for (const destination of this.destinationsOf(pattern))
        this.logger.log(`Mapped {${COMMANDS[type]} ${destination}} to ${handler.toString()}`);
    }
    checker.checkHandler(this.boundTo(handler), patterns);
  }

  private registerPattern(type: MappingType, pattern: string, handler: HandlerMethod): void {
    try {
      this[type].register(type, pattern, handler);
    } catch (error) {
      if (!(error instanceof BadPatternException)) throw error;
      throw new BadPatternException(pattern, `${error.reason}, in ${handler.toString()}`, error);
    }
  }

  /** What clients write to reach a pattern. */
  private destinationsOf(pattern: string): string[] {
    const { application } = this.rooms.router.prefixes;
    if (application.length === 0) return [pattern];
    return application.map((prefix) => prefix + pattern.replace(/^\//, ''));
  }

  private bind(handler: HandlerMethod): void {
    const parameters = this.parametersOf(handler);
    const invoker = this.invoker(handler, parameters, true);
    const plan = replyPlanOf(handler, (text) => this.resolved(text, handler));
    const calls = new HandlerCalls(handler);
    this.bound.set(handler, { handler, parameters, invoker, plan, calls });
  }

  private bindFailure(handler: HandlerMethod): BoundHandler {
    const parameters = this.parametersOf(handler, true);
    const invoker = this.invoker(handler, parameters, false);
    const plan = replyPlanOf(handler, (text) => this.resolved(text, handler));
    const calls = new HandlerCalls(handler);
    return { handler, parameters, invoker, plan: plan.declared ? plan : ERROR_REPLY, calls };
  }

  // Spring: name and default of a header may hold placeholders
  private parametersOf(handler: HandlerMethod, forFailure = false): ParameterInfo[] {
    const resolve = <T>(value: T): T | string =>
      typeof value === 'string' ? this.resolved(value, handler) : value;
    return this.reader.read(handler, forFailure).map((parameter) => {
      if (parameter.kind !== 'header') return parameter;
      const { data, options } = parameter;
      const defaultValue = resolve(options.defaultValue);
      return { ...parameter, data: resolve(data), options: { ...options, defaultValue } };
    });
  }

  private invoker(
    handler: HandlerMethod,
    parameters: BoundHandler['parameters'],
    enhanced: boolean,
  ): HandlerInvoker {
    const { internals } = this.explorer;
    const { messageConverter } = this.rooms;
    const invoker = new HandlerInvoker(handler, parameters, internals, messageConverter, enhanced);
    invoker.prepare();
    return invoker;
  }

  /** Every pattern of the class with every one of the method. */
  private patternsOf(handler: HandlerMethod, key: string): string[] {
    const declared = (target: object, metadataKey: string): string[] => {
      const texts = (Reflect.getMetadata(metadataKey, target) ?? []) as string[];
      return texts.map((text) => this.normalized(this.resolved(text, handler)));
    };
    const onClass = declared(handler.type, MESSAGE_MAPPING);
    const onMethod = declared(handler.method, key);
    if (onClass.length === 0 || onMethod.length === 0) return [...onClass, ...onMethod];
    const all = onClass.flatMap((first) =>
      onMethod.map((second) => this.matcher.combine(first, second)),
    );
    return [...new Set(all)];
  }

  // Spring: with / a pattern gets a leading one
  private normalized(pattern: string): string {
    const { pathSeparator } = this.rooms;
    return pathSeparator === '/' && pattern !== '' && !pattern.startsWith('/')
      ? `/${pattern}`
      : pattern;
  }

  private resolved(text: string, handler: HandlerMethod): string {
    try {
      return resolvePlaceholders(text, this.options.resolvePlaceholder ?? fromEnvironment);
    } catch (error) {
      throw new InvalidHandlerException(handler, (error as Error).message);
    }
  }
}

const fromEnvironment = (key: string): string | undefined => process.env[key];
