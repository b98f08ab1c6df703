import type { Message } from '../../message/index.js';
import type { ArgumentOptions, PipeLike } from '../decorators/parameter-metadata.js';
import type { HandlerMethod } from '../handler-method.js';

/**
 * One parameter of a handler.
 *
 * @publicApi
 */
export interface MethodParameter {
  readonly index: number;
  /** As written in the source; undefined when it cannot be read. */
  readonly name: string | undefined;
  /** The declared type as TypeScript emits it: a class, String, Number, …; Object for interfaces and unions. */
  readonly type: unknown;
  readonly handler: HandlerMethod;
}

/** Where a parameter's value comes from. */
export type ParameterKind =
  | 'payload'
  | 'header'
  | 'headers'
  | 'variable'
  | 'principal'
  | 'sessionAttribute'
  | 'message'
  | 'messageHeaders'
  | 'accessor'
  | 'session'
  | 'exception'
  | 'handlerMethod'
  | 'custom'
  | 'resolver';

/** @internal What the decorators say about a parameter. */
export interface ParameterInfo extends MethodParameter {
  readonly kind: ParameterKind;
  /** Name given in the decorator, or data of a custom one. */
  readonly data: unknown;
  readonly options: ArgumentOptions;
  readonly pipes: readonly PipeLike[];
  readonly factory?: (data: unknown, context: unknown) => unknown;
}

/**
 * Gives values to parameters without a decorator that it supports, before they are taken for the payload (Spring:
 * HandlerMethodArgumentResolver).
 *
 * @publicApi
 */
export interface HandlerMethodArgumentResolver {
  /** Asked once for each parameter, at start. */
  supportsParameter(parameter: MethodParameter): boolean;
  /** The value, or a promise of it. */
  resolveArgument(parameter: MethodParameter, message: Message): unknown;
}
