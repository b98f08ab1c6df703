import { Buffer } from 'node:buffer';
import { errorText, isThenable } from '../../exception/index.js';
import { Logger } from '@nestjs/common';
import { firstValueFrom, isObservable } from 'rxjs';
import type { MessageChannel } from '../../channel/index.js';
import { StompCommand } from '../../frame/index.js';
import { Message, MessageHeaders, newHeaderFields, SimpMessageType } from '../../message/index.js';
import type { BoundHandler } from '../bound-handler.js';
import type { HandlerContext } from '../handler-context.js';
import { Invocation } from '../invocation.js';
import type { BoundFilter } from '../nest-internals.js';
import { ERROR_REPLY } from '../reply/reply-plan.js';
import type { ResultHandler } from '../reply/result-handler.js';
import { andThen } from '../thenable.js';
import type { ExceptionResolver } from './exception-resolver.js';
import { filterClient } from './filter-client.js';
import { MethodArgumentException } from './method-argument.exception.js';
import { isClientError, publicError } from './public-text.js';
import { UnhandledMessageException } from './unhandled-message.exception.js';

/**
 * What happens to what no exception handler and no filter took, beside being logged: nothing; the sender's session gets
 * it at `/queue/errors`; or that session gets an ERROR frame and is closed.
 *
 * @publicApi
 */
export type UnhandledErrorPolicy = 'log' | 'errorQueue' | 'close';

/** What failures are handled with. */
export interface FailureHandlerOptions {
  readonly resolver: ExceptionResolver;
  readonly results: ResultHandler;
  readonly clientOutboundChannel: MessageChannel;
  readonly policy: UnhandledErrorPolicy;
  readonly applyGlobalFilters: boolean;
}

/** Takes what a handler failed with: exception handlers, then filters of Nest, then the policy for the unhandled. */
export class FailureHandler {
  private readonly logger = new Logger('StompHandler');

  constructor(private readonly options: FailureHandlerOptions) {}

  /**
   * A promise when something asynchronous takes it. Throws, or rejects, when the session has to hear of it: the message
   * asked for a receipt, or the policy is to close.
   */
  handle(exception: unknown, bound: BoundHandler, invocation: Invocation): unknown {
    const found = this.options.resolver.find(exception, bound.handler);
    return found
      ? this.callHandler(found, exception, bound, invocation)
      : this.withoutHandler(exception, bound, invocation);
  }

  /** For what fails when nobody waits for the message any more. */
  handleLate(exception: unknown, bound: BoundHandler, invocation: Invocation): void {
    const close = (error: unknown): void => {
      if (this.options.policy === 'close') this.close(invocation, error);
    };
    try {
      const handled = this.handle(exception, bound, invocation);
      if (isThenable(handled)) handled.then(undefined, close);
    } catch (error) {
      close(error);
    }
  }

  private callHandler(
    found: BoundHandler,
    exception: unknown,
    bound: BoundHandler,
    { message, route, host }: Invocation,
  ): unknown {
    const failure = { exception, handler: bound.handler };
    const call = new Invocation(message, found.handler, route, failure);
    // The object that failed, with what it knows, where it was made for this message.
    if (found.handler.host === bound.handler.host) call.host = host;
    const failed = (error: unknown): unknown => {
      this.log(`Exception handler ${found.handler.toString()} failed`, error);
      return this.unhandled(exception, call);
    };
    const late = (error: unknown): void =>
      this.log(`A stream of exception handler ${found.handler.toString()} failed`, error);
    try {
      const result = found.invoker.invoke(call);
      const handled = this.options.results.handle(result, found.plan, call, late);
      return isThenable(handled) ? handled.then(undefined, failed) : undefined;
    } catch (error) {
      return failed(error);
    }
  }

  private withoutHandler(exception: unknown, bound: BoundHandler, invocation: Invocation): unknown {
    const filters = bound.invoker.filtersFor(invocation, this.options.applyGlobalFilters);
    const chosen = chooseFilter(filters, exception);
    if (!chosen) return this.unhandled(exception, invocation);
    const failed = (error: unknown): unknown => this.unhandled(error, invocation);
    try {
      const result = chosen.filter.func(chosen.exception, this.filterContext(bound, invocation));
      const value = isObservable(result)
        ? firstValueFrom(result, { defaultValue: undefined })
        : result;
      const sent = andThen(value, (one) =>
        this.options.results.handle(one, ERROR_REPLY, invocation, failed),
      );
      return isThenable(sent) ? sent.then(undefined, failed) : undefined;
    } catch (error) {
      return failed(error);
    }
  }

  private filterContext(bound: BoundHandler, invocation: Invocation): HandlerContext {
    const { session } = invocation.message.headers;
    const client =
      session && filterClient(session, (payload) => this.sendToErrorQueue(payload, invocation));
    return bound.invoker.contextFor(invocation, client);
  }

  /** @throws UnhandledMessageException when the session has to hear of it */
  private unhandled(exception: unknown, invocation: Invocation): void {
    const { message, handler } = invocation;
    const { destination, native } = message.headers;
    const shown = JSON.stringify(destination?.slice(0, 200));
    const where = invocation.failure?.handler ?? handler;
    this.log(`Unhandled exception from ${where.toString()}, destination ${shown}`, exception);
    const { policy } = this.options;
    if (policy === 'errorQueue') {
      const receipt = native.get('receipt');
      this.sendToErrorQueue({ ...publicError(exception), destination, receipt }, invocation);
    }
    if (policy === 'close' || native.has('receipt')) throw new UnhandledMessageException(exception);
  }

  private sendToErrorQueue(body: unknown, invocation: Invocation): void {
    const failed = (error: unknown): void =>
      this.log('The error queue could not be reached', error);
    try {
      const sent = this.options.results.handle(body, ERROR_REPLY, invocation, failed);
      if (isThenable(sent)) sent.then(undefined, failed);
    } catch (error) {
      failed(error);
    }
  }

  private close({ message }: Invocation, error: unknown): void {
    const { session, sessionId } = message.headers;
    if (sessionId === undefined) return;
    const text = errorText(error);
    const fields = newHeaderFields(SimpMessageType.DISCONNECT_ACK);
    fields.command = StompCommand.ERROR;
    fields.session = session;
    fields.sessionId = sessionId;
    fields.native.set('message', text);
    const closeCode = error instanceof UnhandledMessageException ? error.closeCode : 1011;
    fields.extra = new Map<string, unknown>([
      ['closeCode', closeCode],
      ['closeReason', text],
    ]);
    this.options.clientOutboundChannel.send(
      new Message(Buffer.alloc(0), new MessageHeaders(fields)),
    );
  }

  private log(text: string, exception: unknown): void {
    const reason = errorText(exception);
    if (isClientError(exception)) this.logger.warn(`${text}: ${reason}`);
    else
      this.logger.error(
        `${text}: ${reason}`,
        exception instanceof Error ? exception.stack : undefined,
      );
  }
}

interface ChosenFilter {
  readonly filter: BoundFilter;
  readonly exception: unknown;
}

/** The first filter that takes the exception; those of Nest know the exceptions of its pipes, not ours around them. */
function chooseFilter(
  filters: readonly BoundFilter[],
  exception: unknown,
): ChosenFilter | undefined {
  const inner = exception instanceof MethodArgumentException ? exception.cause : undefined;
  for (const filter of filters) {
    const types = filter.exceptionMetatypes;
    const takes = (one: unknown): boolean => types.some((type) => one instanceof type);
    if (types.length > 0 && takes(exception)) return { filter, exception };
    if (types.length === 0 || (inner !== undefined && takes(inner)))
      return { filter, exception: inner ?? exception };
  }
  return undefined;
}
