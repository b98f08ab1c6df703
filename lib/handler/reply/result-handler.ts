import { isThenable } from '../../exception/index.js';
import { isObservable, type Observable } from 'rxjs';
import type { Invocation } from '../invocation.js';
import { isAsyncIterable, observeIterable } from './async-iterable.js';
import { isPlainData } from './plain-data.js';
import { endStream } from './end-stream.js';
import type { ReplyPlan } from './reply-plan.js';
import type { ReplySender } from './reply-sender.js';
import type { StreamRegistry } from './stream-registry.js';
import { StreamRun } from './stream-run.js';

/** Takes the failure of a stream whose handling is long complete. */
export type LateFailure = (error: unknown) => void;

/** Turns what a handler returned into replies: a value, a promise of one, a stream of many. */
export class ResultHandler {
  constructor(
    private readonly replies: ReplySender,
    private readonly streams: StreamRegistry,
  ) {}

  /** A promise when the replies are not sent yet; it rejects, or this throws, when they could not be made. */
  handle(
    result: unknown,
    plan: ReplyPlan,
    invocation: Invocation,
    onLateFailure: LateFailure,
  ): unknown {
    if (result === undefined || result === null) return undefined;
    if (isPlainData(result)) return this.replies.send(result, plan, invocation);
    if (isThenable(result))
      return result.then((one) => this.handle(one, plan, invocation, onLateFailure));
    const values = isAsyncIterable(result) ? observeIterable(result) : result;
    if (!isObservable(values)) return this.replies.send(result, plan, invocation);
    if (invocation.isOver) return undefined;
    if (!invocation.intercepted) invocation.markStreaming();
    return this.stream(values, plan, invocation, onLateFailure);
  }

  private stream(
    values: Observable<unknown>,
    plan: ReplyPlan,
    invocation: Invocation,
    onLateFailure: LateFailure,
  ): Promise<void> | undefined {
    if (invocation.streaming) this.streams.checkLimit(invocation.message);
    const run = new StreamRun({
      send: (value) => this.replies.send(value, plan, invocation),
      onLasting: (subscription) => {
        if (invocation.isOver) endStream(subscription);
        else this.streams.add(subscription, invocation.message);
      },
      onLateFailure,
    });
    return run.run(values, invocation);
  }
}
