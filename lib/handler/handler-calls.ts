import type { HandlerMethod } from './handler-method.js';

/** Upper bounds of the classes of durations in milliseconds; one more class has what is longer. */
export const DURATION_BOUNDS_MS: readonly number[] = [1, 5, 10, 50, 100, 500, 1000, 5000];

/** What was counted of one handler since the start; live, to be read. */
export class HandlerCalls {
  invocations = 0;
  /** Calls that threw or rejected: the handler, its guards, its pipes; also streams that failed. */
  failures = 0;
  /** Gauge: calls that are not complete. */
  running = 0;
  /** Calls whose duration was measured; the fields below are about these. */
  timed = 0;
  sumMs = 0;
  maxMs = 0;
  /** How many were at most as long as `DURATION_BOUNDS_MS` of the same index and longer than the one before. */
  readonly classes: number[] = new Array<number>(DURATION_BOUNDS_MS.length + 1).fill(0);

  constructor(readonly handler: HandlerMethod) {}

  /** Adds a measured duration. */
  add(durationMs: number): void {
    this.timed++;
    this.sumMs += durationMs;
    if (durationMs > this.maxMs) this.maxMs = durationMs;
    let index = 0;
    while (durationMs > DURATION_BOUNDS_MS[index]!) index++;
    this.classes[index]!++;
  }
}
