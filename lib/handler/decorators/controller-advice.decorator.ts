import type { Abstract, Type } from '@nestjs/common';
import { checkGiven, CONTROLLER_ADVICE, markHandlerClass } from './handler-metadata.js';

/**
 * Which handlers an advice is for: those that any selector names; without selectors, all.
 *
 * @publicApi
 */
export interface ControllerAdviceOptions {
  /** Handlers of these classes and their subclasses. */
  readonly assignableTypes?: readonly (Type<unknown> | Abstract<unknown>)[];
  /** Handlers provided by these modules. */
  readonly modules?: readonly Type<unknown>[];
  /** Handlers of classes with this metadata: a key, or a decorator made by `Reflector.createDecorator`. */
  readonly decoratedWith?: readonly (string | symbol | { readonly KEY: string })[];
  /** Advices of lower order are asked first. @default Number.MAX_SAFE_INTEGER */
  readonly order?: number;
}

/**
 * Makes the `@MessageExceptionHandler` methods of a provider serve other classes' handlers, asked after their own.
 *
 * @publicApi
 */
export function ControllerAdvice(options: ControllerAdviceOptions = {}): ClassDecorator {
  return (target) => {
    const values = [...(options.assignableTypes ?? []), ...(options.modules ?? [])];
    checkGiven({ decorator: 'ControllerAdvice', values, type: 'function' }, target);
    Reflect.defineMetadata(CONTROLLER_ADVICE, options, target);
    markHandlerClass(target);
  };
}
