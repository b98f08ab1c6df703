import { MESSAGE_EXCEPTION_HANDLER } from '../decorators/handler-metadata.js';
import type { ExceptionType } from '../decorators/message-exception-handler.decorator.js';
import type { ParameterInfo } from '../argument/method-parameter.js';
import { isErrorType } from '../argument/parameter-reader.js';
import type { HandlerMethod } from '../handler-method.js';
import { causesOf } from './causes.js';
import { InvalidHandlerException } from './handler.exception.js';
import {
  MethodArgumentException,
  PayloadConversionException,
} from './method-argument.exception.js';

/** An exception handler and one type that it takes; undefined takes everything. */
interface Entry<T> {
  readonly type: ExceptionType | undefined;
  readonly handler: T;
}

const FARTHEST = Number.MAX_SAFE_INTEGER;

/** The exception handlers of one class. */
export class ExceptionHandlers<T extends { readonly handler: HandlerMethod }> {
  private readonly entries: Entry<T>[] = [];

  /** Adds a handler; of two for one type that of the subclass counts. @throws InvalidHandlerException when both are of one class */
  add(candidate: T, parameters: readonly ParameterInfo[]): void {
    const { handler } = candidate;
    for (const type of typesOf(handler, parameters)) {
      const other = this.entries.find((entry) => entry.type === type);
      if (!other) this.entries.push({ type, handler: candidate });
      else if (declaringClass(other.handler.handler) === declaringClass(handler))
        throw new InvalidHandlerException(
          handler,
          `ambiguous with ${other.handler.handler.toString()}: both handle ${type?.name ?? 'every exception'}`,
        );
    }
  }

  /** The handler of the closest type: of the exception, else of its nearest cause that has one. */
  find(exception: unknown): T | undefined {
    const chain = causesOf(exception);
    // The exception of a pipe and the one that tells whose argument it is about are one failure.
    const isWrapper =
      exception instanceof MethodArgumentException ||
      exception instanceof PayloadConversionException;
    // What was thrown may be undefined, or null, which has no causes but was thrown.
    const first = chain.length === 0 ? [exception] : chain.splice(0, isWrapper ? 2 : 1);
    return this.closest(first) ?? firstOf(chain, (cause) => this.closest([cause]));
  }

  private closest(exceptions: readonly unknown[]): T | undefined {
    let best: T | undefined;
    let nearest = Infinity;
    for (const exception of exceptions)
      for (const { type, handler } of this.entries) {
        const distance = distanceOf(exception, type);
        if (distance >= nearest) continue;
        nearest = distance;
        best = handler;
      }
    return best;
  }
}

function typesOf(
  handler: HandlerMethod,
  parameters: readonly ParameterInfo[],
): (ExceptionType | undefined)[] {
  const declared = Reflect.getMetadata(
    MESSAGE_EXCEPTION_HANDLER,
    handler.method,
  ) as ExceptionType[];
  if (declared.length > 0) return declared;
  const byParameter = parameters.map(({ type }) => type).filter(isErrorType);
  return byParameter.length > 0 ? byParameter : [undefined];
}

/** Steps from an exception's class up to a type; Infinity when it is none of that type. */
function distanceOf(exception: unknown, type: ExceptionType | undefined): number {
  if (type === undefined) return FARTHEST;
  if (!(exception instanceof type)) return Infinity;
  let distance = 0;
  let prototype = Object.getPrototypeOf(exception) as object | null;
  for (; prototype; prototype = Object.getPrototypeOf(prototype) as object | null, distance++)
    if (prototype === type.prototype) return distance;
  // A class that says by itself what its instances are.
  return FARTHEST - 1;
}

function declaringClass({ type, name, source }: HandlerMethod): unknown {
  let prototype = type.prototype as object | null;
  while (prototype) {
    if (Object.getOwnPropertyDescriptor(prototype, name)?.value === source) return prototype;
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return undefined;
}

function firstOf<T, R>(list: readonly T[], find: (one: T) => R | undefined): R | undefined {
  for (const one of list) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
