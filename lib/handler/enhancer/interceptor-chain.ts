import { isThenable } from '../../exception/index.js';
import { AsyncResource } from 'node:async_hooks';
import type { ExecutionContext, NestInterceptor } from '@nestjs/common';
import { defer, from, isObservable, mergeMap, of, type Observable } from 'rxjs';
import { isPlainData } from '../reply/plain-data.js';

/**
 * Runs a handler inside interceptors of Nest: nothing happens before the result is subscribed to, and what is called
 * inside `next.handle()` sees the AsyncLocalStorage of the interceptor.
 */
export function intercept(
  interceptors: readonly NestInterceptor[],
  context: ExecutionContext,
  call: () => unknown,
): Observable<unknown> {
  const at = (index: number): Observable<unknown> => {
    if (index === interceptors.length) return defer(inScope(() => toObservable(call())));
    const next = { handle: () => defer(inScope(() => at(index + 1))) };
    return toObservable(interceptors[index]!.intercept(context, next));
  };
  return defer(() => at(0));
}

function toObservable(value: unknown): Observable<unknown> {
  if (isPlainData(value)) return of(value);
  if (isObservable(value)) return value;
  if (!isThenable(value)) return of(value);
  return from(value).pipe(mergeMap((one) => (isObservable(one) ? one : of(one))));
}

function inScope<T>(fn: () => T): () => T {
  const resource = new AsyncResource('StompInterceptor');
  return () => resource.runInAsyncScope(fn);
}
