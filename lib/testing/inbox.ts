/** Things in order of arrival, which a test waits for. */
export class Inbox<T> {
  private readonly items: T[] = [];
  private readonly waiters: { take: (item: T) => boolean; fail: () => void }[] = [];
  private ended: (() => Error) | undefined;

  put(item: T): void {
    const taker = this.waiters.findIndex(({ take }) => take(item));
    if (taker >= 0) this.waiters.splice(taker, 1);
    else this.items.push(item);
  }

  /** Nothing comes any more: what is there can be taken, and who waits for more gets what `why` makes. */
  end(why: () => Error): void {
    this.ended = why;
    for (const { fail } of this.waiters.splice(0)) fail();
  }

  /** Those that arrived and were not taken. */
  get pending(): readonly T[] {
    return this.items;
  }

  /** Takes the first that is wanted, now or when it comes. Rejects after `timeoutMs` with what `late` makes, or at the end. */
  take(wanted: (item: T) => boolean, timeoutMs: number, late: () => Error): Promise<T> {
    const there = this.items.findIndex(wanted);
    if (there >= 0) return Promise.resolve(this.items.splice(there, 1)[0]!);
    if (this.ended) return Promise.reject(this.ended());
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
        fail: (): void => {
          clearTimeout(timer);
          reject(this.ended!());
        },
      };
      this.waiters.push(waiter);
    });
  }
}
