/**
 * Reports the rejection of a promise that nobody waits for. TypeScript takes async functions where nothing is to be
 * returned, and a rejection without an observer ends the process.
 */
export function reportRejection(result: unknown, report: (error: unknown) => void): void {
  if (isThenable(result)) Promise.resolve(result).catch(report);
}

/** Whether something is a promise, whoever made it: libraries have their own, and so has each realm. */
export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
