/** Something that has a next moment at which it wants to be looked at. */
export abstract class Deadline {
  /** @internal Where `Deadlines` keeps it; 0 when it waits for nothing. */
  slot = 0;

  abstract onDue(now: number): void;
}

const SLOT_MS = 100;
// Beyond this, setTimeout fires at once.
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/**
 * One timer for everything that waits: a timer a session costs more than the sessions. Deadlines fall into slots of
 * 100 ms, so that one wake-up serves many; without a deadline there is no timer.
 */
export class Deadlines {
  private readonly slots = new Map<number, Set<Deadline>>();
  private timer: NodeJS.Timeout | undefined;
  private armedFor = Infinity;

  /** @param report told what a deadline throws; the others get their turn all the same */
  constructor(private readonly report: (error: unknown) => void) {}

  /** How many wait. */
  get size(): number {
    let size = 0;
    for (const slot of this.slots.values()) size += slot.size;
    return size;
  }

  /** Calls `deadline.onDue` once, not before `at` (milliseconds since 1970) and less than 100 ms after; replaces an earlier time. */
  schedule(deadline: Deadline, at: number): void {
    const key = Math.max(Math.ceil(at / SLOT_MS), Math.floor(Date.now() / SLOT_MS) + 1);
    if (deadline.slot === key) return;
    this.cancel(deadline);
    const slot = this.slots.get(key);
    if (slot) slot.add(deadline);
    else this.slots.set(key, new Set([deadline]));
    deadline.slot = key;
    if (key < this.armedFor) this.arm(key);
  }

  cancel(deadline: Deadline): void {
    if (deadline.slot === 0) return;
    const slot = this.slots.get(deadline.slot);
    slot?.delete(deadline);
    if (slot?.size === 0) this.slots.delete(deadline.slot);
    deadline.slot = 0;
    if (this.slots.size === 0) this.disarm();
  }

  private arm(key: number): void {
    this.disarm();
    this.armedFor = key;
    const wait = Math.min(Math.max(0, key * SLOT_MS - Date.now()), LONGEST_WAIT_MS);
    this.timer = setTimeout(() => this.fire(), wait);
    this.timer.unref();
  }

  private disarm(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.armedFor = Infinity;
  }

  /** Calls all that are due. */
  fire(): void {
    const now = Date.now();
    const due: [number, Set<Deadline>][] = [];
    for (const entry of this.slots) if (entry[0] * SLOT_MS <= now) due.push(entry);
    for (const [key] of due) this.slots.delete(key);
    this.disarm();
    for (const [key, slot] of due)
      for (const deadline of slot) {
        // One before it may have moved or cancelled it.
        if (deadline.slot !== key) continue;
        deadline.slot = 0;
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
