import { inspect } from 'node:util';
import { StompException } from './stomp.exception.js';

/** Node's timers fire at once when they are asked to wait longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Refuses what an option of this name must not be. @throws StompException that says what it must be */
export type OptionCheck = (name: string, value: unknown) => void;

/** Follows undefined where a class was written. */
export const UNDEFINED_CLASS = ', as classes are that come from a module that imports this one';

/** @throws StompException that says what the option must be, and what it is */
export function refuseOption(name: string, value: unknown, wanted: string, hint = ''): never {
  const shown = inspect(value, { depth: 1, breakLength: Infinity });
  throw new StompException(`Option "${name}" must be ${wanted}, not ${shown}${hint}`, {
    code: 'STOMP_ERR_OPTION',
  });
}

/** A check of the values that are right. */
export function expects(wanted: string, isRight: (value: unknown) => boolean): OptionCheck {
  return (name, value) => {
    if (!isRight(value)) refuseOption(name, value, wanted);
  };
}

/** The same for a list of them. */
export function expectsList(wanted: string, isRight: (one: unknown) => boolean): OptionCheck {
  return expects(wanted, (value) => Array.isArray(value) && value.every(isRight));
}

export function expectsOneOf(...choices: readonly string[]): OptionCheck {
  const names = choices.map((one) => `'${one}'`);
  const wanted = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  return expects(wanted, (value) => choices.includes(value as string));
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

/** An object with names of its own, and no list. */
export function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Something to be called, which a class is not. */
export function isCallable(value: unknown): boolean {
  return typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));
}

export const checkText = expects('a text', isText);
export const checkTexts = expectsList('a list of texts', isText);
export const checkFunction = expects('a function, which is called without new', isCallable);
export const checkSwitch = expects(
  'true, false or an object with its options',
  (value) => typeof value === 'boolean' || isRecord(value),
);

/** Those options that have a value, each by its check. @param place put before the names of options */
export function checkValues<T extends object>(
  options: T,
  checks: Readonly<Partial<Record<keyof T, OptionCheck>>>,
  place = '',
): void {
  for (const [name, check] of Object.entries(checks) as [keyof T & string, OptionCheck][])
    if (options[name] !== undefined) check(place + name, options[name]);
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
  known: Readonly<Record<string, unknown>>,
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
