import type { HandlingResult } from '../channel/index.js';
import { isPending } from '../channel/index.js';
import type { Message } from '../message/index.js';
import type { HandlerCalls } from './handler-calls.js';
import type { HandlerMethod } from './handler-method.js';
import type { Invocation } from './invocation.js';

/** One call of a handler that is complete. */
export interface HandledCall {
  readonly handler: HandlerMethod;
  readonly message: Message;
  readonly durationMs: number;
  /** What the handler, a guard or a pipe threw; undefined when all went well. */
  readonly error: unknown;
}

/** Told of complete calls while it is active; must not throw. */
export interface HandlerObserver {
  readonly active: boolean;
  onHandled(call: HandledCall): void;
}

// Reading the clock costs as much as a call without anything bound: one call of so many has a duration.
const SAMPLE = 16;

/** Counts the calls of handlers, and times some of them. */
export class CallMeter {
  /** Times every call, from now on; without it one in sixteen, the first of a handler always. */
  everyCall = false;
  observer: HandlerObserver | undefined;

  begin(calls: HandlerCalls, invocation: Invocation): void {
    calls.running++;
    const isTimed =
      calls.invocations++ % SAMPLE === 0 || this.everyCall || this.observer?.active === true;
    if (isTimed) invocation.beganAt = performance.now();
  }

  /** To be called once for each `begin`, with what the call answered. */
  follow(calls: HandlerCalls, invocation: Invocation, result: HandlingResult): void {
    if (!isPending(result)) return this.end(calls, invocation);
    const end = (): void => this.end(calls, invocation);
    ('completed' in result ? result.completed : result).then(end, end);
  }

  fail(calls: HandlerCalls, invocation: Invocation, error: unknown): void {
    calls.failures++;
    invocation.error = error;
  }

  end(calls: HandlerCalls, { beganAt, message, error }: Invocation): void {
    calls.running--;
    if (beganAt === undefined) return;
    const durationMs = performance.now() - beganAt;
    calls.add(durationMs);
    const { observer } = this;
    if (observer?.active)
      observer.onHandled({ handler: calls.handler, message, durationMs, error });
  }
}
