import type { ExecutionContext, Type } from '@nestjs/common';
import type { Message, SessionContext } from '../message/index.js';
import type { AnyFunction, HandlerMethod } from './handler-method.js';

type Arguments = [SessionContext | undefined, unknown, Message, string];

/**
 * What guards, interceptors, filters and parameter decorators of Nest see: type `ws`, arguments `(session, payload,
 * message, pattern)`, so that `switchToWs()` gives client, data and pattern as in a gateway. The payload is converted when
 * somebody asks for it.
 */
export class HandlerContext implements ExecutionContext {
  private args: Arguments | undefined;

  constructor(
    private readonly handler: HandlerMethod,
    private readonly client: SessionContext | undefined,
    private readonly message: Message,
    private readonly pattern: string,
    private readonly payload: (message: Message) => unknown,
  ) {}

  getType<T extends string = string>(): T {
    return 'ws' as T;
  }

  getClass<T = any>(): Type<T> {
    return this.handler.type as Type<T>;
  }

  getHandler(): AnyFunction {
    return this.handler.method;
  }

  getArgs<T extends any[] = any[]>(): T {
    const { message } = this;
    this.args ??= [this.client, this.payload(message), message, this.pattern];
    return this.args as unknown as T;
  }

  getArgByIndex<T = any>(index: number): T {
    if (index === 1 || this.args !== undefined) return this.getArgs()[index];
    const rest = [this.client, undefined, this.message, this.pattern];
    return rest[index] as T;
  }

  // The methods are added to this object itself, as the framework does: guards that call switchToHttp() get what it gives
  // them for a gateway.
  switchToWs(): any {
    return Object.assign(this, {
      getClient: () => this.getArgByIndex(0),
      getData: () => this.getArgByIndex(1),
      getPattern: () => this.getArgByIndex(3),
    });
  }

  switchToRpc(): any {
    return Object.assign(this, {
      getData: () => this.getArgByIndex(0),
      getContext: () => this.getArgByIndex(1),
    });
  }

  switchToHttp(): any {
    return Object.assign(this, {
      getRequest: () => this.getArgByIndex(0),
      getResponse: () => this.getArgByIndex(1),
      getNext: () => this.getArgByIndex(2),
    });
  }
}
