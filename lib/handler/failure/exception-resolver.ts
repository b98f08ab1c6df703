import type { BoundHandler } from '../bound-handler.js';
import type { ControllerAdviceOptions } from '../decorators/controller-advice.decorator.js';
import type { HandlerHost } from '../handler-host.js';
import type { HandlerMethod } from '../handler-method.js';
import { isAdviceFor, orderOf } from './advice-selector.js';
import { ExceptionHandlers } from './exception-handlers.js';

interface Advice {
  readonly options: ControllerAdviceOptions;
  readonly handlers: ExceptionHandlers<BoundHandler>;
}

/** Finds the exception handler for what a handler failed with: its own class's, then those of advices in their order. */
export class ExceptionResolver {
  private readonly own = new Map<HandlerHost, ExceptionHandlers<BoundHandler>>();
  private readonly advices: Advice[] = [];

  /** @throws InvalidHandlerException when two of them take the same */
  register(
    host: HandlerHost,
    advice: ControllerAdviceOptions | undefined,
    handlers: readonly BoundHandler[],
  ): void {
    if (handlers.length === 0) return;
    const all = new ExceptionHandlers<BoundHandler>();
    for (const one of handlers) all.add(one, one.parameters);
    this.own.set(host, all);
    if (!advice) return;
    this.advices.push({ options: advice, handlers: all });
    this.advices.sort((a, b) => orderOf(a.options) - orderOf(b.options));
  }

  find(exception: unknown, { host }: HandlerMethod): BoundHandler | undefined {
    const own = this.own.get(host)?.find(exception);
    if (own) return own;
    for (const { options, handlers } of this.advices) {
      const found = isAdviceFor(options, host) ? handlers.find(exception) : undefined;
      if (found) return found;
    }
    return undefined;
  }
}
