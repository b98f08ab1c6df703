import { isThenable, reportRejection } from '../exception/index.js';
import type { Message } from '../message/index.js';
import type { ChannelInterceptor } from './channel-interceptor.js';
import type { ReportError } from './interceptor-chain.js';
import type { MessageChannel } from './message-channel.js';
import {
  isPending,
  type Handling,
  type HandlingResult,
  type MessageHandler,
} from './message-handler.js';
import { passedMessage } from './passed-message.js';

/** The calls of a channel's subscribers, each with the interceptors around it. */
export class SurroundedCalls {
  constructor(
    private readonly interceptors: readonly ChannelInterceptor[],
    private readonly channel: MessageChannel,
    private readonly report: ReportError,
  ) {}

  run(handler: MessageHandler, message: Message): HandlingResult {
    return this.from(handler, message, 0);
  }

  /** Runs beforeHandle from interceptor `index` on, then the handler, then afterMessageHandled in reverse. */
  private from(handler: MessageHandler, message: Message, index: number): HandlingResult {
    let current = message;
    for (let i = index; i < this.interceptors.length; i++) {
      const next = this.before(handler, current, i);
      if (isThenable(next)) return this.handleLater(handler, current, i, next);
      if (next === null) return this.tellHandled(handler, current, undefined, i);
      current = next;
    }
    return this.handleAndTell(handler, current);
  }

  /** Asks one interceptor; those before it are told when it throws. */
  private before(
    handler: MessageHandler,
    message: Message,
    index: number,
  ): Message | null | Promise<Message | null> {
    const interceptor = this.interceptors[index]!;
    if (!interceptor.beforeHandle) return message;
    try {
      const next = interceptor.beforeHandle(message, this.channel, handler);
      return isThenable(next)
        ? Promise.resolve(next).then((one) => this.passed(interceptor, one))
        : this.passed(interceptor, next);
    } catch (error) {
      this.tellHandled(handler, message, error, index);
      throw error;
    }
  }

  private passed(interceptor: ChannelInterceptor, returned: Message | null): Message | null {
    return passedMessage('beforeHandle', interceptor, returned, this.report);
  }

  /** Goes on when interceptor `index` has decided. */
  private handleLater(
    handler: MessageHandler,
    message: Message,
    index: number,
    next: Promise<Message | null>,
  ): Handling {
    const rest = next.then(
      (one) => {
        if (one !== null) return handlingOf(this.from(handler, one, index + 1));
        this.tellHandled(handler, message, undefined, index);
        return undefined;
      },
      (error: unknown) => {
        this.tellHandled(handler, message, error, index);
        throw error;
      },
    );
    return {
      entered: rest.then((one) => one?.entered),
      completed: rest.then((one) => one?.completed),
    };
  }

  private handleAndTell(handler: MessageHandler, message: Message): HandlingResult {
    let result: HandlingResult;
    try {
      result = this.handleWithin(handler, message, 0);
    } catch (error) {
      this.tellHandled(handler, message, error);
      throw error;
    }
    if (!isPending(result)) {
      this.tellHandled(handler, message);
      return;
    }
    const { completed } = handlingOf(result);
    void completed.then(
      () => this.tellHandled(handler, message),
      (error: unknown) => this.tellHandled(handler, message, error),
    );
    return result;
  }

  /** Calls the handler inside of aroundHandle of interceptor `index` and those behind it. */
  private handleWithin(handler: MessageHandler, message: Message, index: number): HandlingResult {
    for (let i = index; i < this.interceptors.length; i++) {
      const interceptor = this.interceptors[i]!;
      if (!interceptor.aroundHandle) continue;
      const handle = (): HandlingResult => this.handleWithin(handler, message, i + 1);
      return interceptor.aroundHandle(message, this.channel, handler, handle);
    }
    return handler.handleMessage(message);
  }

  /** @param passed how many interceptors let the call of the handler pass */
  private tellHandled(
    handler: MessageHandler,
    message: Message,
    error?: unknown,
    passed = this.interceptors.length,
  ): void {
    for (const interceptor of this.interceptors.slice(0, passed).reverse()) {
      try {
        reportRejection(
          interceptor.afterMessageHandled?.(message, this.channel, handler, error),
          this.reportTold,
        );
      } catch (thrown) {
        this.reportTold(thrown);
      }
    }
  }

  private readonly reportTold = (error: unknown): void =>
    this.report('afterMessageHandled of a channel interceptor failed', error);
}

/** Whether an interceptor has to do with each call of a subscriber. */
export function surroundsHandlers(interceptor: ChannelInterceptor): boolean {
  return (
    'beforeHandle' in interceptor ||
    'aroundHandle' in interceptor ||
    'afterMessageHandled' in interceptor
  );
}

export const DONE = Promise.resolve();

/** The two moments of what a handler answered. */
export function handlingOf(result: HandlingResult): Handling {
  if (!isPending(result)) return { entered: DONE, completed: DONE };
  return 'completed' in result ? result : { entered: DONE, completed: result };
}
