import { errorText, isThenable } from '../exception/index.js';
import type { CanActivate, NestInterceptor } from '@nestjs/common';
import { isObservable } from 'rxjs';
import { argumentSource } from './argument/argument-source.js';
import { payloadType, type ArgumentSource } from './argument/value-source.js';
import type { ParameterInfo } from './argument/method-parameter.js';
import { runGuards } from './enhancer/guard-chain.js';
import { intercept } from './enhancer/interceptor-chain.js';
import { ParameterPipes } from './enhancer/parameter-pipes.js';
import { InvalidHandlerException } from './failure/handler.exception.js';
import { HandlerContext } from './handler-context.js';
import type { HostInstance } from './handler-host.js';
import type { AnyFunction, HandlerMethod } from './handler-method.js';
import type { Invocation } from './invocation.js';
import type { BoundFilter, EnhancerHost, NestInternals } from './nest-internals.js';
import { isAsyncIterable, observeIterable } from './reply/async-iterable.js';
import { isPlainData } from './reply/plain-data.js';
import { andThen } from './thenable.js';
import type { CompositeMessageConverter, Message, SessionContext } from '../message/index.js';

/** What is bound to a method. */
interface Enhancers {
  readonly guards: readonly CanActivate[];
  readonly interceptors: readonly NestInterceptor[];
  /** By parameter; undefined where there is nothing to do. */
  readonly pipes: readonly (ParameterPipes | undefined)[];
  /** Nothing at all is bound, and no argument may be a promise. */
  readonly isPlain: boolean;
}

const PIPEABLE = new Set<ParameterInfo['kind']>(['payload', 'variable', 'header', 'custom']);

/** Calls one handler: guards, interceptors, pipes, then the method; directly when there is nothing bound. */
export class HandlerInvoker {
  private readonly sources: readonly ArgumentSource[];
  private readonly mayBePromise: readonly boolean[];
  private shared: Enhancers | undefined;

  /** @param enhanced false for exception handlers: only the pipes of their parameters themselves count */
  constructor(
    private readonly handler: HandlerMethod,
    private readonly parameters: readonly ParameterInfo[],
    private readonly internals: NestInternals,
    private readonly converter: CompositeMessageConverter,
    private readonly enhanced = true,
  ) {
    this.sources = parameters.map((parameter) => argumentSource(parameter, converter));
    this.mayBePromise = parameters.map(({ kind }) => kind === 'custom' || kind === 'resolver');
  }

  /** Looks up what is bound, so that mistakes show at start. @throws InvalidHandlerException */
  prepare(): void {
    const { shared } = this.handler.host;
    if (shared) this.shared = this.enhancersOn(shared);
  }

  /** What the handler returned; an Observable when interceptors are bound. Throws, or rejects, as it does. */
  invoke(invocation: Invocation): unknown {
    const { host } = this.handler;
    if (host.shared) return this.call(host.shared.instance, this.shared!, invocation);
    const { host: made } = invocation;
    if (made) return this.call(made.instance, this.enhancersOn(made), invocation);
    return host.resolve(invocation.message).then((one) => {
      invocation.host = one;
      return this.call(one.instance, this.enhancersOn(one), invocation);
    });
  }

  /** The context for filters and enhancers. */
  contextFor(
    { message, route }: Invocation,
    client: SessionContext | undefined = message.headers.session,
  ): HandlerContext {
    const payload = (one: Message): unknown => this.payloadOf(one);
    return new HandlerContext(this.handler, client, message, route.pattern, payload);
  }

  /** The exception filters for a message, the method's first; none when the object could not be made. */
  filtersFor(invocation: Invocation, withGlobal: boolean): readonly BoundFilter[] {
    const made = this.handler.host.shared ?? invocation.host;
    return made ? this.internals.filters(this.enhancerHost(made), withGlobal) : [];
  }

  private enhancerHost(host: HostInstance): EnhancerHost {
    const { method, host: provider } = this.handler;
    return { ...host, method, moduleKey: provider.moduleKey };
  }

  private call(instance: object, enhancers: Enhancers, invocation: Invocation): unknown {
    if (enhancers.isPlain) {
      return this.callPlain(instance, invocation);
    }
    return this.callEnhanced(instance, enhancers, invocation);
  }

  private callPlain(instance: object, invocation: Invocation): unknown {
    const { sources } = this;
    if (sources.length === 1) {
      const argument = sources[0]!(invocation);
      invocation.markEntered();
      return this.method(instance).call(instance, argument);
    }
    const args = sources.map((source) => source(invocation));
    invocation.markEntered();
    return this.method(instance).apply(instance, args);
  }

  private callEnhanced(instance: object, enhancers: Enhancers, invocation: Invocation): unknown {
    const context = this.contextFor(invocation);
    const call = (): unknown =>
      andThen(this.resolveArguments(invocation, context, enhancers, []), (args) =>
        this.enter(instance, args, invocation),
      );
    return andThen(runGuards(enhancers.guards, context), () =>
      enhancers.interceptors.length === 0
        ? call()
        : this.callIntercepted(enhancers.interceptors, context, call, invocation),
    );
  }

  private callIntercepted(
    interceptors: readonly NestInterceptor[],
    context: HandlerContext,
    call: () => unknown,
    invocation: Invocation,
  ): unknown {
    invocation.intercepted = true;
    return intercept(interceptors, context, () => {
      const result = call();
      return isPlainData(result)
        ? result
        : andThen(result, (one) => this.asStream(one, invocation));
    });
  }

  private enter(instance: object, args: unknown[], invocation: Invocation): unknown {
    try {
      return this.method(instance).apply(instance, args);
    } finally {
      invocation.markEntered();
    }
  }

  /** Lets interceptors see each value of a stream, of which only the handler knows that it is one. */
  private asStream(result: unknown, invocation: Invocation): unknown {
    const stream = isAsyncIterable(result) ? observeIterable(result) : result;
    if (isObservable(stream)) invocation.markStreaming();
    return stream;
  }

  private resolveArguments(
    invocation: Invocation,
    context: HandlerContext,
    { pipes }: Enhancers,
    args: unknown[],
  ): unknown[] | PromiseLike<unknown[]> {
    for (let i = args.length; i < this.sources.length; i++) {
      const value = this.argument(i, pipes[i], invocation, context);
      if ((this.mayBePromise[i] || pipes[i]) && isThenable(value))
        return value.then((one) =>
          this.resolveArguments(invocation, context, { pipes } as Enhancers, [...args, one]),
        );
      args.push(value);
    }
    return args;
  }

  private argument(
    index: number,
    pipes: ParameterPipes | undefined,
    invocation: Invocation,
    context: HandlerContext,
  ): unknown {
    const value = this.sources[index]!(invocation, context);
    if (!pipes) return value;
    return this.mayBePromise[index]
      ? andThen(value, (one) => pipes.apply(one, invocation))
      : pipes.apply(value, invocation);
  }

  private enhancersOn(made: HostInstance): Enhancers {
    const host = this.enhancerHost(made);
    const { internals, enhanced } = this;
    try {
      const guards = enhanced ? internals.guards(host) : [];
      const interceptors = enhanced ? internals.interceptors(host) : [];
      const general = enhanced ? internals.pipes(host) : [];
      if (enhanced) internals.checkFilters(host);
      const pipes = this.parameters.map((parameter) => {
        const own = internals.parameterPipes(host, parameter.pipes);
        const all = PIPEABLE.has(parameter.kind) ? [...general, ...own] : own;
        const made = new ParameterPipes(parameter, all);
        return made.isEmpty ? undefined : made;
      });
      const isPlain =
        guards.length + interceptors.length === 0 &&
        !pipes.some(Boolean) &&
        !this.mayBePromise.some(Boolean);
      return { guards, interceptors, pipes, isPlain };
    } catch (error) {
      throw new InvalidHandlerException(this.handler, errorText(error));
    }
  }

  /** The method as called: an overriding one, or one that was replaced on the object. */
  private method(instance: object): AnyFunction {
    return (instance as Record<string, AnyFunction>)[this.handler.name]!;
  }

  private payloadOf(message: Message): unknown {
    const octets = message as Message<Buffer>;
    if (octets.payload.length === 0) return undefined;
    const parameter = this.parameters.find(({ kind }) => kind === 'payload');
    if (!parameter) return this.converter.fromMessage(octets, undefined) ?? octets.payload;
    const type = parameter.data === undefined ? payloadType(parameter) : Object;
    return this.converter.convertFrom(octets, type === 'int' ? Number : type);
  }
}
