/** Things in order of arrival, which a test waits for. */
export class Inbox<T> {
  private readonly items: T[] = [];
  private readonly waiters: { take: (item: T) => boolean; fail: (error: Error) => void }[] = [];

  put(item: T): void {
    const taker = this.waiters.findIndex(({ take }) => take(item));
    if (taker >= 0) this.waiters.splice(taker, 1);
    else this.items.push(item);
  }

  /** Fails all who wait. */
  fail(error: Error): void {
    for (const { fail } of this.waiters.splice(0)) fail(error);
  }

  /** Those that arrived and were not taken. */
  get pending(): readonly T[] {
    return this.items;
  }

  /** Takes the first that is wanted, now or when it comes. Rejects after `timeoutMs` with what `late` makes. */
  take(wanted: (item: T) => boolean, timeoutMs: number, late: () => Error): Promise<T> {
    const there = this.items.findIndex(wanted);
    if (there >= 0) return Promise.resolve(this.items.splice(there, 1)[0]!);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        reject(late());
      }, timeoutMs);
      const waiter = {
        take: (item: T): boolean => {
          if (!wanted(item)) return false;
          clearTimeout(timer);
          resolve(item);
          return true;
        },
        fail: (error: Error): void => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.waiters.push(waiter);
    });
  }
}
