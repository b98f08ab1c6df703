/** Says why a text does not convert; the caller adds whose. */
export class ConversionFailure extends Error {}

const DECIMAL = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;
const INTEGER = /^[-+]?(?:\d+|0[xX][\da-fA-F]+)$/;
// Reading digits as a bigint takes longer than in proportion to their number.
const WHOLE = /^[-+]?\d{1,4096}$/;
const TRUE = new Set(['true', 'on', 'yes', '1']);
const FALSE = new Set(['false', 'off', 'no', '0']);
const INT_MAX = 2 ** 31;

/** What texts can be converted to, beside texts. */
const TARGETS = new Set<unknown>([Array, Number, 'int', Boolean, BigInt, Date, String]);

/** Whether `convertValue` makes something of this type of a text. */
export function isConvertible(type: unknown): boolean {
  return TARGETS.has(type);
}

/**
 * A header or variable as the type of its parameter. Texts are trimmed for numbers and booleans; a list becomes a text
 * joined by `,` and a text a list split there; values of other kinds pass when they are of that type.
 *
 * @throws ConversionFailure
 */
export function convertValue(value: unknown, type: unknown): unknown {
  switch (type) {
    case undefined:
    case Object:
      return value;
    case Array:
      return Array.isArray(value) ? value : typeof value === 'string' ? splitList(value) : [value];
    case String:
      return Array.isArray(value) ? value.join(',') : String(value);
    case Number:
      return typeof value === 'number' ? value : toNumber(scalar(value));
    case 'int':
      return toInteger(scalar(value));
    case Boolean:
      return typeof value === 'boolean' ? value : toBoolean(scalar(value));
    case BigInt:
      return typeof value === 'bigint' ? value : toBigInt(value);
    case Date:
      return value instanceof Date ? value : toDate(scalar(value));
    default:
      if (typeof type === 'function' && value instanceof type) return value;
      throw new ConversionFailure(`no conversion to ${typeNameOf(type)} is known, use a pipe`);
  }
}

function scalar(value: unknown): string {
  return (Array.isArray(value) ? value.join(',') : String(value)).trim();
}

function splitList(text: string): string[] {
  return text === '' ? [] : text.split(',').map((part) => part.trim());
}

function toNumber(text: string): number {
  if (DECIMAL.test(text)) return Number(text);
  return INTEGER.test(text) ? parseHexadecimal(text) : fail(text, 'a number');
}

function toInteger(text: string): number {
  const value = INTEGER.test(text)
    ? /x/i.test(text)
      ? parseHexadecimal(text)
      : Number(text)
    : NaN;
  if (value >= -INT_MAX && value < INT_MAX) return value === 0 ? 0 : value;
  return fail(text, 'a whole number of 32 bits');
}

// Number() takes no sign before 0x.
function parseHexadecimal(text: string): number {
  const digits = text.replace(/^[-+]/, '');
  return text.startsWith('-') ? -Number(digits) : Number(digits);
}

function toBoolean(text: string): boolean {
  const lower = text.toLowerCase();
  if (TRUE.has(lower)) return true;
  return FALSE.has(lower) ? false : fail(text, 'a boolean');
}

function toBigInt(value: unknown): bigint {
  for (const one of Array.isArray(value) ? value : [value])
    if (Number.isInteger(one) && !Number.isSafeInteger(one))
      throw new ConversionFailure(
        `a number beyond ${Number.MAX_SAFE_INTEGER} is not read exactly, send it as a text`,
      );
  const text = scalar(value);
  return WHOLE.test(text)
    ? BigInt(text.replace('+', ''))
    : fail(text, 'a whole number of at most 4096 digits');
}

function toDate(text: string): Date {
  const date = new Date(/^-?\d{6,}$/.test(text) ? Number(text) : text);
  return Number.isNaN(date.getTime()) ? fail(text, 'a date') : date;
}

function fail(text: string, what: string): never {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  throw new ConversionFailure(`${JSON.stringify(shown)} is not ${what}`);
}

function typeNameOf(type: unknown): string {
  return typeof type === 'function' ? type.name : String(type);
}
