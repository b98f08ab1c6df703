/** Something that has a next moment at which it wants to be looked at. */
export abstract class Deadline {
  /** @internal Where `Deadlines` keeps it; undefined when it waits for nothing. */
  slot: Slot | undefined = undefined;
  /** @internal Its neighbours there. */
  previous: Deadline | undefined = undefined;
  /** @internal */
  next: Deadline | undefined = undefined;

  abstract onDue(now: number): void;
}

/** Deadlines that fall due together, linked by themselves: a set of them costs more than all the rest. */
class Slot {
  private first: Deadline | undefined;
  private last: Deadline | undefined;

  constructor(readonly key: number) {}

  get isEmpty(): boolean {
    return this.first === undefined;
  }

  add(deadline: Deadline): void {
    deadline.slot = this;
    deadline.previous = this.last;
    if (this.last) this.last.next = deadline;
    else this.first = deadline;
    this.last = deadline;
  }

  remove(deadline: Deadline): void {
    const { previous, next } = deadline;
    if (previous) previous.next = next;
    else this.first = next;
    if (next) next.previous = previous;
    else this.last = previous;
    deadline.slot = deadline.previous = deadline.next = undefined;
  }

  /** Takes one out. */
  shift(): Deadline | undefined {
    const { first } = this;
    if (first) this.remove(first);
    return first;
  }
}

const SLOT_MS = 100;
// Beyond this, setTimeout fires at once.
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * One timer for everything that waits: a timer a session costs more than the sessions. Deadlines fall into slots of
 * 100 ms, so that one wake-up serves many; without a deadline there is no timer.
 */
export class Deadlines {
  private readonly slots = new Map<number, Slot>();
  private timer: NodeJS.Timeout | undefined;
  private armedFor = Infinity;
  private count = 0;

  /** @param report told what a deadline throws; the others get their turn all the same */
  constructor(private readonly report: (error: unknown) => void) {}

  /** How many wait. */
  get size(): number {
    return this.count;
  }

  /** Calls `deadline.onDue` once, not before `at` (`performance.now()`) and less than 100 ms after; replaces an earlier time. */
  schedule(deadline: Deadline, at: number): void {
    const key = Math.max(Math.ceil(at / SLOT_MS), Math.floor(performance.now() / SLOT_MS) + 1);
    if (deadline.slot?.key === key) return;
    this.cancel(deadline);
    let slot = this.slots.get(key);
    if (!slot) this.slots.set(key, (slot = new Slot(key)));
    slot.add(deadline);
    this.count++;
    if (key < this.armedFor) this.arm(key);
  }

  cancel(deadline: Deadline): void {
    const { slot } = deadline;
    if (slot === undefined) return;
    slot.remove(deadline);
    this.count--;
    // One whose deadlines are being called is not among the slots any more.
    if (!slot.isEmpty || this.slots.get(slot.key) !== slot) return;
    this.slots.delete(slot.key);
    if (this.slots.size === 0) this.disarm();
  }

  private arm(key: number): void {
    this.disarm();
    this.armedFor = key;
    const wait = Math.max(0, Math.ceil(key * SLOT_MS - performance.now()));
    this.timer = setTimeout(() => this.fire(), Math.min(wait, LONGEST_WAIT_MS));
    this.timer.unref();
  }

  private disarm(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.armedFor = Infinity;
  }

  /** Calls all that are due. */
  fire(): void {
    const now = performance.now();
    const due = [...this.slots.values()].filter(({ key }) => key * SLOT_MS <= now);
    for (const { key } of due) this.slots.delete(key);
    this.disarm();
    for (const slot of due)
      // One may move or cancel others, which leave the slot then.
      for (let deadline = slot.shift(); deadline; deadline = slot.shift()) {
        this.count--;
        this.call(deadline, now);
      }
    this.armNext();
  }

  private call(deadline: Deadline, now: number): void {
    try {
      deadline.onDue(now);
    } catch (error) {
      this.report(error);
    }
  }

  private armNext(): void {
    let next = Infinity;
    for (const key of this.slots.keys()) if (key < next) next = key;
    if (next < this.armedFor) this.arm(next);
  }
}
