import { Observable, type Subscriber } from 'rxjs';

/** Whether a value gives its values one after the other, as an async generator does. */
export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function'
  );
}

/** The values of an async iterable; whoever unsubscribes ends it at once, not at its next value. */
export function observeIterable(iterable: AsyncIterable<unknown>): Observable<unknown> {
  return new Observable((subscriber) => {
    const iterator = iterable[Symbol.asyncIterator]();
    void drain(iterator, subscriber);
    return () => void finish(iterator);
  });
}

/** What a generator's `finally` fails with when nobody waits any more is for nobody. */
async function finish(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    return;
  }
}

async function drain(
  iterator: AsyncIterator<unknown>,
  subscriber: Subscriber<unknown>,
): Promise<void> {
  try {
    while (!subscriber.closed) {
      const { done, value } = await iterator.next();
      if (done) return subscriber.complete();
      subscriber.next(value);
    }
  } catch (error) {
    subscriber.error(error);
  }
}
