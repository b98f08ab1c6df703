const SMALL = 16;

/**
 * The values of one destination or pattern, in the order they were added. Adding and removing take constant time, however
 * many there are.
 */
export class DestinationBucket<T> {
  /** Raised by every change. */
  changes = 0;
  private list: readonly T[] = [];
  private set: Set<T> | undefined;
  private isListCurrent = true;

  get size(): number {
    return this.set ? this.set.size : this.list.length;
  }

  /** The values; the same array until they change, and never changed itself. */
  get values(): readonly T[] {
    if (!this.isListCurrent) {
      this.list = [...this.set!];
      this.isListCurrent = true;
    }
    return this.list;
  }

  /** Whether it was not there yet. */
  add(value: T): boolean {
    if (this.set ? this.set.has(value) : this.list.includes(value)) return false;
    this.changes++;
    if (this.set) this.changeSet(this.set.add(value));
    else if (this.list.length < SMALL) this.list = this.list.concat([value]);
    else this.changeSet(new Set(this.list).add(value));
    return true;
  }

  /** Whether it was there. */
  remove(value: T): boolean {
    if (this.set) {
      if (!this.set.delete(value)) return false;
      this.changeSet(this.set);
    } else {
      const rest = this.list.filter((other) => other !== value);
      if (rest.length === this.list.length) return false;
      this.list = rest;
    }
    this.changes++;
    return true;
  }

  private changeSet(set: Set<T>): void {
    this.set = set;
    this.list = [];
    this.isListCurrent = false;
  }
}
