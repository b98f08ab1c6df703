import type { Type } from '@nestjs/common';
import { MetadataScanner, type ExternalContextCreator, type ModulesContainer } from '@nestjs/core';
import { isGiven, wrappedPrototype } from '../channel/index.js';
import {
  CONTROLLER_ADVICE,
  MESSAGE_EXCEPTION_HANDLER,
  MESSAGE_MAPPING,
  SUBSCRIBE_MAPPING,
} from './decorators/handler-metadata.js';
import type { ControllerAdviceOptions } from './decorators/controller-advice.decorator.js';
import { HandlerHost } from './handler-host.js';
import { isConfusedRoute } from './http-route.js';
import { HandlerMethod, type AnyFunction } from './handler-method.js';
import { Membership, type Stray } from './membership.js';
import { NestInternals, type InstanceWrapper } from './nest-internals.js';

/** What an explorer looks through. */
export interface StompExplorerOptions {
  readonly modulesContainer: ModulesContainer;
  readonly externalContextCreator: ExternalContextCreator;
  readonly metadataScanner?: MetadataScanner;
  /** @default that of the only instance, to which all belongs that is not marked for others */
  readonly membership?: Membership;
}

/** The handlers of a class. */
export interface ExploredClass {
  readonly host: HandlerHost;
  /** Methods for SEND. */
  readonly messages: readonly HandlerMethod[];
  /** Methods for SUBSCRIBE. */
  readonly subscriptions: readonly HandlerMethod[];
  /** Methods for exceptions, those of subclasses first. */
  readonly exceptions: readonly HandlerMethod[];
  /** Set when the class is a `@ControllerAdvice`. */
  readonly advice: ControllerAdviceOptions | undefined;
}

type Kind = 'messages' | 'subscriptions' | 'exceptions';

/**
 * Finds the handlers of one STOMP instance among the providers and controllers of an app. A method that overrides a
 * handler keeps those of its decorators that it does not have itself.
 */
export class StompExplorer {
  readonly internals: NestInternals;
  private readonly scanner: MetadataScanner;
  private readonly membership: Membership;

  constructor(private readonly options: StompExplorerOptions) {
    this.internals = new NestInternals(options.externalContextCreator);
    this.scanner = options.metadataScanner ?? new MetadataScanner();
    this.membership = options.membership ?? new Membership({});
  }

  explore(): ExploredClass[] {
    const explored: ExploredClass[] = [];
    for (const host of this.hosts()) {
      const isOwn = this.membership.has(host.type, host.moduleType);
      const found = isOwn ? this.exploreClass(host) : undefined;
      if (found) explored.push(found);
    }
    return explored;
  }

  /** Classes whose handlers and listeners are nobody's. */
  strays(): Stray[] {
    return this.membership.strays(Array.from(this.hosts(), ({ type }) => type));
  }

  /** Methods for HTTP, `Class.method`, with parameters that are decorated as for messages. */
  confusedRoutes(): string[] {
    const places = new Set<string>();
    for (const { type, moduleType, prototype } of this.hosts()) {
      if (!this.membership.has(type, moduleType)) continue;
      for (const name of this.scanner.getAllMethodNames(prototype))
        if (!decoratedMethod(prototype, name) && isConfusedRoute(type, prototype, name))
          places.add(`${type.name}.${name}`);
    }
    return [...places];
  }

  /** Modules of `include` that the application does not import. */
  missingModules(): Type<unknown>[] {
    const modules = [...this.options.modulesContainer.values()];
    return this.membership.missingModules(modules.map(({ metatype }) => metatype));
  }

  /** Providers and controllers that are objects of a class. */
  private *hosts(): Iterable<HandlerHost> {
    for (const [key, module] of this.options.modulesContainer) {
      const wrappers = [...module.providers.values(), ...module.controllers.values()];
      for (const wrapper of wrappers) {
        const isController = module.controllers.get(wrapper.token as Type) === wrapper;
        const host = this.hostOf(wrapper, key, module.metatype, isController);
        if (host) yield host;
      }
    }
  }

  private hostOf(
    wrapper: InstanceWrapper,
    moduleKey: string,
    moduleType: Type<unknown>,
    isController: boolean,
  ): HandlerHost | undefined {
    const prototype = wrappedPrototype(wrapper);
    if (!prototype) return undefined;
    const type = (isGiven(wrapper) ? prototype.constructor : wrapper.metatype) as Type<unknown>;
    if (typeof type !== 'function') return undefined;
    return new HandlerHost(
      type,
      moduleKey,
      moduleType,
      prototype,
      wrapper,
      isController,
      this.internals,
    );
  }

  private exploreClass(host: HandlerHost): ExploredClass | undefined {
    const advice = Reflect.getMetadata(CONTROLLER_ADVICE, host.type) as
      ControllerAdviceOptions | undefined;
    const found: Record<Kind, HandlerMethod[]> = {
      messages: [],
      subscriptions: [],
      exceptions: [],
    };
    for (const name of this.scanner.getAllMethodNames(host.prototype)) {
      const decorated = decoratedMethod(host.prototype, name);
      if (!decorated) continue;
      const { method, source } = decorated;
      const handler = new HandlerMethod(host.type, name, method, host, source);
      for (const kind of decorated.kinds) found[kind].push(handler);
    }
    const count = found.messages.length + found.subscriptions.length + found.exceptions.length;
    return count === 0 ? undefined : { host, advice, ...found };
  }
}

interface DecoratedMethod {
  /** Has the decorators. */
  readonly method: AnyFunction;
  /** The nearest function that has some. */
  readonly source: AnyFunction;
  readonly kinds: readonly Kind[];
}

/** The nearest method of this name that is a handler, from the class up, with the decorators of those that override it. */
function decoratedMethod(prototype: object, name: string): DecoratedMethod | undefined {
  const overriding: AnyFunction[] = [];
  let current: object | null = prototype;
  while (current && current !== Object.prototype) {
    const method = Object.getOwnPropertyDescriptor(current, name)?.value as AnyFunction | undefined;
    if (typeof method === 'function') {
      const kinds = kindsOf(method);
      if (kinds.length > 0) return { ...withDecorators(overriding, method), kinds };
      if (Reflect.getOwnMetadataKeys(method).length > 0) overriding.push(method);
    }
    current = Object.getPrototypeOf(current) as object | null;
  }
  return undefined;
}

/** A function with what the overriding ones, the nearest first, and the overridden one are decorated with. */
function withDecorators(
  overriding: readonly AnyFunction[],
  overridden: AnyFunction,
): Pick<DecoratedMethod, 'method' | 'source'> {
  const [source] = overriding;
  if (!source) return { method: overridden, source: overridden };
  const method = (): undefined => undefined;
  Object.defineProperty(method, 'name', { value: source.name });
  for (const one of [overridden, ...overriding.toReversed()])
    for (const key of Reflect.getOwnMetadataKeys(one))
      Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, one), method);
  return { method, source };
}

function kindsOf(method: object): Kind[] {
  const kinds: Kind[] = [];
  // Spring: of both mappings on one method only @MessageMapping counts
  if (Reflect.hasOwnMetadata(MESSAGE_MAPPING, method)) kinds.push('messages');
  else if (Reflect.hasOwnMetadata(SUBSCRIBE_MAPPING, method)) kinds.push('subscriptions');
  if (Reflect.hasOwnMetadata(MESSAGE_EXCEPTION_HANDLER, method)) kinds.push('exceptions');
  return kinds;
}
