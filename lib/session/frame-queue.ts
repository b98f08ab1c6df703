/** Whose entries a queue holds. */
export interface FrameQueueOwner<T> {
  /** Looks at one entry; it may `hold()` those behind it. */
  process(entry: T): void;
  /** The limit is reached, or there is room again. */
  onPause(paused: boolean): void;
}

/** Of all queues where nothing waits; never written to. */
const EMPTY: never[] = [];

/**
 * The frames of one session in order: one is looked at when the one before lets it, and no more than a limit are in work.
 */
export class FrameQueue<T> {
  private waiting: T[] = EMPTY;
  private head = 0;
  private held = false;
  /** An entry is being looked at: what comes meanwhile waits, so that nothing overtakes it from inside. */
  private running = false;
  private working = 0;
  private paused = false;

  constructor(
    private limit: number,
    private readonly owner: FrameQueueOwner<T>,
  ) {}

  /** Entries that were begun and are not complete. */
  get inWork(): number {
    return this.working;
  }

  get length(): number {
    return this.waiting.length - this.head;
  }

  push(entry: T): void {
    if (this.length === 0 && this.isReady()) return this.run(entry);
    if (this.length === 0) this.waitingIs([entry]);
    else this.waiting.push(entry);
    this.checkPause();
  }

  /** Keeps the entries behind the present one waiting until `release`. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.pump();
  }

  /** The present entry is in work until `finish`, also after it let the next one pass. */
  begin(): void {
    this.working++;
    this.checkPause();
  }

  finish(): void {
    this.working--;
    this.pump();
  }

  /** Forgets what waits. */
  clear(): void {
    this.waitingIs(EMPTY);
  }

  /** From now on nothing waits because of the limit. */
  unlimit(): void {
    this.limit = Infinity;
    this.pump();
  }

  private waitingIs(entries: T[]): void {
    this.waiting = entries;
    this.head = 0;
  }

  private pump(): void {
    while (this.length > 0 && this.isReady()) this.run(this.shift());
    this.checkPause();
  }

  private isReady(): boolean {
    return !this.held && !this.running && this.working < this.limit;
  }

  private run(entry: T): void {
    this.running = true;
    try {
      this.owner.process(entry);
    } finally {
      this.running = false;
    }
    if (this.length > 0) this.pump();
  }

  private shift(): T {
    const entry = this.waiting[this.head++]!;
    if (this.head === this.waiting.length) this.clear();
    return entry;
  }

  /** Paused at the limit, until nothing waits any more. */
  private checkPause(): void {
    const waits = this.length > 0;
    const paused = this.paused ? waits : waits && this.length + this.working >= this.limit;
    if (paused === this.paused) return;
    this.paused = paused;
    this.owner.onPause(paused);
  }
}
