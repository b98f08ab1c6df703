/** Something that moves the time on. */
export interface TimeMover {
  readonly offsetMs: number;
}

const movers = new Set<TimeMover>();
const sinceStart: { now: () => number } = performance;
const real = { date: Date.now, sinceStart: sinceStart.now };

/** The time is moved on by what `mover` says, beside all others, until `giveTimeBack`. */
export function moveTime(mover: TimeMover): void {
  if (movers.size === 0) replaceTime();
  movers.add(mover);
}

/** In any order; the last one gives `Date.now` and `performance.now` back. */
export function giveTimeBack(mover: TimeMover): void {
  if (!movers.delete(mover) || movers.size > 0) return;
  Date.now = real.date;
  sinceStart.now = real.sinceStart;
}

function replaceTime(): void {
  real.date = Date.now;
  real.sinceStart = sinceStart.now;
  Date.now = () => real.date() + offsetMs();
  sinceStart.now = () => real.sinceStart.call(performance) + offsetMs();
}

function offsetMs(): number {
  let sum = 0;
  for (const mover of movers) sum += mover.offsetMs;
  return sum;
}
