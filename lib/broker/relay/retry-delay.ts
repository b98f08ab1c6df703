/** How long to wait before trying again. */
export interface RetryOptions {
  readonly reconnectDelayMs: number;
  readonly maxReconnectDelayMs: number;
  /** Share of the delay that is random, 0 to 1. */
  readonly reconnectJitter: number;
}

/** Milliseconds before the attempt after `failures` failed ones: doubled each time up to the maximum, then jittered. */
export function retryDelay(
  failures: number,
  options: RetryOptions,
  random: () => number = Math.random,
): number {
  const { reconnectDelayMs, maxReconnectDelayMs, reconnectJitter } = options;
  const delay = Math.min(
    reconnectDelayMs * 2 ** Math.min(failures, 30),
    Math.max(maxReconnectDelayMs, reconnectDelayMs),
  );
  return Math.round(delay * (1 - reconnectJitter * random()));
}
