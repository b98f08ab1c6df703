import { isThenable } from '../exception/index.js';

/** Goes on with a value at once, or when it is there: what can be synchronous stays so. */
export function andThen<T, R>(
  value: T | PromiseLike<T>,
  next: (value: T) => R | PromiseLike<R>,
): R | PromiseLike<R> {
  return isThenable(value) ? value.then(next) : next(value);
}
