import { AsyncResource } from 'node:async_hooks';
import { Logger } from '@nestjs/common';
import { Subject } from 'rxjs';
import { errorText, isThenable } from '../exception/index.js';
import type { Message } from '../message/index.js';
import type { ChannelGate } from './channel-gate.js';
import type { ChannelInterceptor } from './channel-interceptor.js';
import { InterceptorChain } from './interceptor-chain.js';
import type { PendingSend, SendResult } from './message-channel.js';
import {
  isPending,
  type Handling,
  type HandlingResult,
  type MessageHandler,
} from './message-handler.js';
import { pendingSend } from './pending-send.js';
import { SafeObservable } from './safe-observable.js';
import type { SubscribableChannel } from './subscribable-channel.js';
import { Subscribers } from './subscribers.js';
import { DONE, handlingOf, SurroundedCalls, surroundsHandlers } from './surrounded-calls.js';

/** Names the queue a message waits in while an earlier one of the same queue is with an asynchronous interceptor. */
export type FifoKey = (message: Message) => unknown;

const settled = (results: Promise<unknown>[]): Promise<void> =>
  Promise.allSettled(results).then((all) => {
    for (const one of all) if (one.status === 'rejected') throw one.reason;
  });

/**
 * A channel whose subscribers all get every message they want, in the sender's call stack as long as nothing asynchronous
 * is on the way. A subscriber that fails does not keep the others from being called; the first failure is thrown after
 * them.
 */
export class PublishSubscribeChannel implements SubscribableChannel {
  readonly messages$: SubscribableChannel['messages$'];
  protected readonly logger = new Logger('StompChannel');
  protected readonly interceptors: ChannelInterceptor[] = [];
  protected readonly observed = new Subject<Message>();
  private gate: ChannelGate | undefined;
  private readonly subscribers = new Subscribers();
  /** Whether some interceptor has to do with each call of a subscriber. */
  private surroundsHandlers = false;
  private readonly queues = new Map<unknown, Promise<unknown>>();
  private readonly calls = new SurroundedCalls(this.interceptors, this, (text, error) =>
    this.report(text, error),
  );

  /** @param fifoKey without one, order is the sender's business */
  constructor(
    readonly name: string,
    private readonly fifoKey?: FifoKey,
  ) {
    const report = (error: unknown): void => this.report(`An observer of ${name} failed`, error);
    this.messages$ = new SafeObservable<Message>(report, (subscriber) =>
      this.observed.subscribe(subscriber),
    );
  }

  subscribe(handler: MessageHandler): () => void {
    return this.subscribers.add(handler);
  }

  /** Subscribes to the MESSAGEs that none of those subscribers may want who name prefixes of destinations. */
  subscribeToRest(handler: MessageHandler): void {
    this.subscribers.setRest(handler);
  }

  addInterceptors(...interceptors: ChannelInterceptor[]): void {
    this.interceptors.push(...interceptors);
    this.surroundsHandlers ||= interceptors.some(surroundsHandlers);
  }

  /** Sets what looks at each message before the interceptors. */
  setGate(gate: ChannelGate): void {
    this.gate = gate;
  }

  send(message: Message): SendResult {
    this.gate?.check(message);
    if (this.interceptors.length === 0) return this.sendUnintercepted(message);
    const key = this.fifoKey?.(message);
    const before = key === undefined ? undefined : this.queues.get(key);
    if (before === undefined) return this.intercept(message, key);
    const resource = new AsyncResource('StompChannelSend');
    const sent = before.then(() => resource.runInAsyncScope(() => this.intercept(message)));
    return this.enqueue(key, pendingSend(sent));
  }

  /** Whether a MESSAGE to this destination would be seen by one subscriber, and by nobody else who is not idle. */
  isOnlyFor(handler: MessageHandler, destination: string): boolean {
    if (this.interceptors.length > 0 || this.gate || this.observed.observed) return false;
    for (const one of this.subscribers.ofDestination(destination))
      if (one !== handler && one.isIdle !== true) return false;
    return true;
  }

  /** Settles when what was sent with this key has passed the interceptors; undefined when nothing waits for them. */
  pending(key: unknown): Promise<unknown> | undefined {
    return this.queues.get(key);
  }

  /**
   * Hands a message to the subscribers past gate and interceptors: for what has to take effect whatever they think of it, as
   * the end of a session.
   */
  sendUnintercepted(message: Message): SendResult {
    message.headers.freeze();
    return this.toSendResult(this.dispatch(message));
  }

  /**
   * Sends a message that stands for the one a subscriber is handling now: in its place, ahead of those that wait behind it.
   */
  sendInPlace(message: Message): SendResult {
    return this.interceptors.length === 0
      ? this.sendUnintercepted(message)
      : this.intercept(message);
  }

  private intercept(message: Message, key?: unknown): SendResult {
    const chain = new InterceptorChain(this.interceptors, this, message, this.reportBound);
    let passed: Message | null | Promise<Message | null>;
    try {
      passed = chain.preSend();
    } catch (error) {
      chain.afterCompletion(false, error);
      throw error;
    }
    if (!isThenable(passed)) return this.finish(chain, passed);
    const sent = passed.then(
      (result) => this.finish(chain, result),
      (error: unknown) => {
        chain.afterCompletion(false, error);
        throw error;
      },
    );
    const pending = pendingSend(sent);
    return key === undefined ? pending : this.enqueue(key, pending);
  }

  private enqueue(key: unknown, pending: PendingSend): PendingSend {
    const tail = pending.entered.then(noop, noop);
    this.queues.set(key, tail);
    void tail.then(() => {
      if (this.queues.get(key) === tail) this.queues.delete(key);
    });
    return pending;
  }

  private finish(chain: InterceptorChain, message: Message | null): SendResult {
    if (message === null) {
      chain.afterCompletion(false);
      return false;
    }
    message.headers.freeze();
    let result: SendResult;
    try {
      result = this.toSendResult(this.dispatch(message));
      chain.postSend();
    } catch (error) {
      chain.afterCompletion(true, error);
      throw error;
    }
    if (typeof result === 'boolean') chain.afterCompletion(true);
    else
      result.completed.then(
        () => chain.afterCompletion(true),
        (error: unknown) => chain.afterCompletion(true, error),
      );
    return result;
  }

  private toSendResult(result: HandlingResult): SendResult {
    if (!isPending(result)) return true;
    const handling = handlingOf(result);
    const pending = {
      entered: handling.entered.then(yes),
      completed: handling.completed.then(yes),
    };
    // Both are observed by the sender or by nobody; neither may become an unhandled rejection.
    pending.entered.catch(noop);
    pending.completed.catch(noop);
    return pending;
  }

  private dispatch(message: Message): HandlingResult {
    if (this.observed.observed) this.observed.next(message);
    // Who surrounds the calls of subscribers hears of each of them.
    const handlers = this.surroundsHandlers ? this.subscribers.all : this.subscribers.of(message);
    if (handlers.length === 1) return this.handle(handlers[0]!, message);
    let pending: Handling[] | undefined;
    let failed = false;
    let failure: unknown;
    for (const handler of handlers) {
      try {
        const result = this.handle(handler, message);
        if (!isPending(result)) continue;
        (pending ??= []).push(handlingOf(result));
      } catch (error) {
        if (!failed) failure = error;
        failed = true;
      }
    }
    if (pending === undefined) {
      if (failed) throw failure;
      return;
    }
    if (failed) pending.push(rejectedHandling(failure));
    if (pending.length === 1) return pending[0];
    return {
      entered: settled(pending.map((one) => one.entered)),
      completed: settled(pending.map((one) => one.completed)),
    };
  }

  private handle(handler: MessageHandler, message: Message): HandlingResult {
    if (!this.surroundsHandlers) return handler.handleMessage(message);
    return this.calls.run(handler, message);
  }

  private readonly reportBound = (text: string, error: unknown): void => this.report(text, error);

  protected report(text: string, error: unknown): void {
    this.logger.error(
      `${text}: ${errorText(error)}`,
      error instanceof Error ? error.stack : undefined,
    );
  }
}

const noop = (): void => undefined;
const yes = (): boolean => true;

function rejectedHandling(error: unknown): Handling {
  const completed = DONE.then(() => {
    throw error;
  });
  completed.catch(noop);
  return { entered: DONE, completed };
}
