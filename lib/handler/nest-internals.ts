import type { CanActivate, NestInterceptor, PipeTransform, Type } from '@nestjs/common';
import type { ContextId, DiscoveryService, ExternalContextCreator } from '@nestjs/core';
import { Injector } from '@nestjs/core/injector/injector.js';

// Keys of the framework's metadata. They are the same in Nest 11 and 12; a test compares them with the framework's.
export const METHOD_METADATA = 'method';
export const ROUTE_ARGS_METADATA = '__routeArguments__';
export const CUSTOM_ROUTE_ARGS_METADATA = '__customRouteArgs__';
export const PARAMTYPES_METADATA = 'design:paramtypes';
export const GUARDS_METADATA = '__guards__';
export const INTERCEPTORS_METADATA = '__interceptors__';
export const PIPES_METADATA = '__pipes__';
export const EXCEPTION_FILTERS_METADATA = '__exceptionFilters__';
export const ENTRY_PROVIDER_WATERMARK = '__entryProvider__';

/** How the framework holds a provider or controller. */
export type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];

type AnyFunction = (...args: any[]) => unknown;

/** The object and method that enhancers are looked up for. */
export interface EnhancerHost {
  readonly instance: object;
  /** The function that carries the metadata. */
  readonly method: AnyFunction;
  /** Token of the module that provides the object. */
  readonly moduleKey: string;
  /** Undefined for objects that live as long as the app. */
  readonly contextId?: ContextId;
  readonly inquirerId?: string;
}

/** An exception filter and what it catches; an empty list catches everything. */
export interface BoundFilter {
  readonly func: (exception: unknown, host: unknown) => unknown;
  readonly exceptionMetatypes: readonly Type<unknown>[];
}

interface ContextCreator<T> {
  create(
    instance: object,
    callback: AnyFunction,
    moduleKey: string,
    contextId?: ContextId,
    inquirerId?: string,
  ): T;
  createConcreteContext(metadata: unknown, contextId?: ContextId, inquirerId?: string): unknown[];
  setModuleContext?(moduleKey: string): void;
}

interface Parts {
  readonly guardsContextCreator: ContextCreator<CanActivate[]>;
  readonly interceptorsContextCreator: ContextCreator<NestInterceptor[]>;
  readonly pipesContextCreator: ContextCreator<PipeTransform[]> & {
    setModuleContext(moduleKey: string): void;
  };
  readonly filtersContextCreator: ContextCreator<{ filters?: BoundFilter[] }>;
}

/**
 * The one place that knows how Nest 11 and 12 work inside. Everything is taken from the public `ExternalContextCreator`:
 * its parts resolve enhancers with their dependencies; its `create` is not used because it looks a controller's enhancers
 * up in no module (so class guards of controllers would be skipped), keeps only the last value of an Observable, and does
 * not tell when the handler is entered.
 */
export class NestInternals {
  private readonly parts: Parts;
  private readonly localFilters: Parts['filtersContextCreator'];
  private readonly injector = new Injector();

  constructor(private readonly externalContextCreator: ExternalContextCreator) {
    this.parts = externalContextCreator as unknown as Parts;
    const missing = (
      [
        'guardsContextCreator',
        'interceptorsContextCreator',
        'pipesContextCreator',
        'filtersContextCreator',
      ] as const
    ).filter((part) => typeof this.parts[part]?.create !== 'function');
    if (missing.length > 0)
      throw new Error(`This version of @nestjs/core is not supported: no ${missing.join(', ')}`);
    this.localFilters = Object.create(this.parts.filtersContextCreator, {
      getGlobalMetadata: { value: () => [] },
    });
  }

  /** @throws Error when one that is declared was not made: never is one left out silently */
  guards(host: EnhancerHost): CanActivate[] {
    return allDeclared(host, this.parts.guardsContextCreator, GUARDS_METADATA, 'UseGuards');
  }

  /** @throws Error as `guards` */
  interceptors(host: EnhancerHost): NestInterceptor[] {
    const { interceptorsContextCreator: creator } = this.parts;
    return allDeclared(host, creator, INTERCEPTORS_METADATA, 'UseInterceptors');
  }

  /** @throws Error as `guards` */
  pipes(host: EnhancerHost): PipeTransform[] {
    return allDeclared(host, this.parts.pipesContextCreator, PIPES_METADATA, 'UsePipes');
  }

  /** @throws Error when a filter that is declared was not made */
  checkFilters(host: EnhancerHost): void {
    allDeclared(host, this.localFilters, EXCEPTION_FILTERS_METADATA, 'UseFilters');
  }

  parameterPipes(host: EnhancerHost, pipes: readonly unknown[]): PipeTransform[] {
    const { pipesContextCreator: creator } = this.parts;
    creator.setModuleContext(host.moduleKey);
    return creator.createConcreteContext(pipes, host.contextId, host.inquirerId) as PipeTransform[];
  }

  /** Method's filters first, then the class's, then global ones if they are wanted. */
  filters(host: EnhancerHost, withGlobal: boolean): readonly BoundFilter[] {
    const creator = withGlobal ? this.parts.filtersContextCreator : this.localFilters;
    const handler = createdFor(host, creator);
    return handler.filters ?? [];
  }

  /** The object of a request-scoped or transient class in a context, with its enhancers. */
  async resolve(wrapper: InstanceWrapper, contextId: ContextId): Promise<object> {
    const module = wrapper.host!;
    const collection =
      module.controllers.get(wrapper.token as Type) === wrapper
        ? module.controllers
        : module.providers;
    const host = (wrapper.instance as object | null) ?? { constructor: wrapper.metatype };
    return this.injector.loadPerContext(host, module, collection, contextId, wrapper);
  }

  /** Makes REQUEST injectable in a context. */
  registerRequest(request: unknown, contextId: ContextId): void {
    this.externalContextCreator.registerRequestProvider(request as object, contextId);
  }
}

function createdFor<T>(
  { instance, method, moduleKey, contextId, inquirerId }: EnhancerHost,
  creator: ContextCreator<T>,
): T {
  return creator.create(instance, method, moduleKey, contextId, inquirerId);
}

/** What a creator makes; an overridden method's classes are not made by Nest when the overriding one has no such decorator. */
function allDeclared<T>(
  host: EnhancerHost,
  creator: ContextCreator<T>,
  key: string,
  decorator: string,
): T {
  const created = createdFor(host, creator);
  const declared = declaredOn(host, key);
  const bound = creator.createConcreteContext(declared, host.contextId, host.inquirerId);
  if (bound.length === declared.length) return created;
  throw new Error(
    `something in its @${decorator}() was not made by Nest. If it overrides a method of another class, repeat that one's @${decorator}()`,
  );
}

function declaredOn(host: EnhancerHost, key: string): unknown[] {
  const onClass = (Reflect.getMetadata(key, host.instance.constructor) ?? []) as unknown[];
  const onMethod = (Reflect.getMetadata(key, host.method) ?? []) as unknown[];
  return [...onClass, ...onMethod].filter(Boolean);
}
