import type { Type } from '@nestjs/common';
import type { HandlerHost } from './handler-host.js';

export type AnyFunction = (...args: any[]) => unknown;

/**
 * A method that handles messages or exceptions. Exception handlers may ask for the one that failed by a parameter of this
 * type.
 *
 * @publicApi
 */
export class HandlerMethod {
  /** @internal */
  constructor(
    /** The class it was found on; the method may be inherited. */
    readonly type: Type<unknown>,
    readonly name: string,
    /** The function that carries the decorators, also those of the methods that it overrides. */
    readonly method: AnyFunction,
    /** @internal */
    readonly host: HandlerHost,
    /** @internal The function as it was written. */
    readonly source = method,
  ) {}

  getClass(): Type<unknown> {
    return this.type;
  }

  getHandler(): AnyFunction {
    return this.method;
  }

  /** `TradeController.buy` */
  toString(): string {
    return `${this.type.name}.${this.name}`;
  }
}
