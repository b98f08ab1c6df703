import { isThenable } from '../../exception/index.js';
import { Subscription, type Observable } from 'rxjs';
import type { Invocation } from '../invocation.js';
import { endStream } from './end-stream.js';

/** What happens with the values of a stream, and with a failure that comes when nobody waits for the stream any more. */
export interface StreamTarget {
  send(value: unknown): unknown;
  onLateFailure(error: unknown): void;
  /** The stream may go on for long: what ends it has to be watched. */
  onLasting(subscription: Subscription): void;
}

/**
 * One stream of replies. A stream of the handler is done, for the purposes of receipts, when it is subscribed; what only
 * interceptors made a stream, when it has ended.
 */
export class StreamRun {
  private readonly subscription = new Subscription();
  private over = false;
  private failed = false;
  private failure: unknown;
  private waiting: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  private isAwaited = true;

  constructor(private readonly target: StreamTarget) {}

  /** A promise when the outcome is still open; throws what the stream failed with at once. */
  run(values: Observable<unknown>, invocation: Invocation): Promise<void> | undefined {
    this.subscription.add(
      values.subscribe({
        next: (value) => this.next(value),
        error: (error: unknown) => this.fail(error),
        complete: () => this.end(),
      }),
    );
    if (this.failed) throw this.failure;
    if (this.over) return undefined;
    if (invocation.streaming) {
      this.last();
      return undefined;
    }
    invocation.onStreaming = () => this.last();
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
  }

  private next(value: unknown): void {
    if (this.over) return;
    try {
      const sent = this.target.send(value);
      if (isThenable(sent)) sent.then(undefined, (error: unknown) => this.fail(error));
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    if (this.failed) return;
    this.failed = true;
    this.failure = error;
    this.end();
    if (!this.isAwaited) this.target.onLateFailure(error);
  }

  private end(): void {
    this.over = true;
    endStream(this.subscription);
    if (this.failed) this.waiting?.reject(this.failure);
    else this.waiting?.resolve();
  }

  private last(): void {
    try {
      if (!this.over) this.target.onLasting(this.subscription);
    } catch (error) {
      endStream(this.subscription);
      throw error;
    }
    this.isAwaited = false;
    this.waiting?.resolve();
  }
}
