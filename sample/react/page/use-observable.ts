import { useEffect, useState } from 'react';
import type { Observable } from 'rxjs';

/** The last value of an Observable that stays the same as long as the component does. */
export function useObservable<T>(source: Observable<T>, initial: T): T {
  const [value, setValue] = useState(initial);
  useEffect(() => {
    const subscription = source.subscribe(setValue);
    return () => subscription.unsubscribe();
  }, [source]);
  return value;
}
