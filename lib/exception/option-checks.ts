import { inspect } from 'node:util';
import { StompException } from './stomp.exception.js';

/** Node's timers fire at once when they are asked to wait longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** @throws StompException that says what the option must be, and what it is */
export function refuseOption(name: string, value: unknown, wanted: string): never {
  const shown = inspect(value, { depth: 1, breakLength: Infinity });
  throw new StompException(`Option "${name}" must be ${wanted}, not ${shown}`, {
    code: 'STOMP_ERR_OPTION',
  });
}

/** A whole number above 0; also Infinity where a bound may be left out. */
export function checkBound(name: string, value: unknown, mayBeInfinite = false): void {
  if (mayBeInfinite && value === Infinity) return;
  if (Number.isSafeInteger(value) && (value as number) > 0) return;
  refuseOption(name, value, `a whole number above 0${mayBeInfinite ? ', or Infinity' : ''}`);
}

/** A whole number or 0. */
export function checkCount(name: string, value: unknown): void {
  if (!Number.isSafeInteger(value) || (value as number) < 0)
    refuseOption(name, value, 'a whole number, or 0');
}

/** Milliseconds that a timer can wait. */
export function checkTime(name: string, value: unknown, mayBeZero: boolean): void {
  if (mayBeZero) checkCount(name, value);
  else checkBound(name, value);
  if ((value as number) > LONGEST_TIMER_MS)
    refuseOption(name, value, `at most ${LONGEST_TIMER_MS} milliseconds, which timers can wait`);
}

/** Names that are known, and no others: a misspelled one would leave the default in force, silently. */
export function checkNames(
  place: string,
  options: object,
  known: Readonly<Record<string, true>>,
): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  throw new StompException(
    `${place} has no option "${unknown}". It has ${Object.keys(known).join(', ')}`,
    { code: 'STOMP_ERR_OPTION' },
  );
}

export function checkBoolean(name: string, value: unknown): void {
  if (typeof value !== 'boolean') refuseOption(name, value, 'true or false');
}

/** So many a second, after a burst. */
export function checkRate(name: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== 'object' || value === null)
    refuseOption(name, value, 'an object like { perSecond: 10, burst: 20 }');
  const { perSecond, burst } = value as { perSecond?: unknown; burst?: unknown };
  if (!isAboveZero(perSecond)) refuseOption(`${name}.perSecond`, perSecond, 'a number above 0');
  if (burst !== undefined && !isAboveZero(burst))
    refuseOption(`${name}.burst`, burst, 'a number above 0');
}

function isAboveZero(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) > 0;
}
