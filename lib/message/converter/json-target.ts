import { MessageConversionException, typeName } from './message-conversion.exception.js';

// Digits that two quantifiers could share would cost quadratic time on a payload of digits.
const NUMBER = /^\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?\s*$/;

// Reading digits as a bigint takes longer than in proportion to their number.
const WHOLE = /^[-+]?\d{1,4096}$/;

/** Types whose names say nothing about the application. */
const BUILT_IN = new Set<unknown>([Array, BigInt, Boolean, Date, Number, String]);

/**
 * What was parsed, if it fits the type a handler asks for; scalars given as text fit where they say the same.
 *
 * @throws MessageConversionException when it does not fit
 */
export function asTarget(value: unknown, targetType: unknown, text: string): unknown {
  if (value === null) throw unfit('null', targetType);
  switch (targetType) {
    case undefined:
    case Object:
      return value;
    case String:
      return typeof value === 'string' ? value : text.trim();
    case Number:
      return asNumber(value);
    case BigInt:
      return asBigInt(value, text);
    case Boolean:
      return asBoolean(value);
    case Date:
      return asDate(value);
    case Array:
      if (Array.isArray(value)) return value;
      break;
    default:
      if (typeof value === 'object' && !Array.isArray(value)) return value;
  }
  throw unfit(jsonType(value), targetType);
}

function asNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && NUMBER.test(value)) return Number(value);
  throw unfit(jsonType(value), Number);
}

/** @param text which says a number beyond 2^53 exactly, as `value` does not */
function asBigInt(value: unknown, text: string): bigint {
  const digits = (typeof value === 'string' ? value : text).trim();
  if (WHOLE.test(digits)) return BigInt(digits.replace('+', ''));
  if (Number.isSafeInteger(value)) return BigInt(value as number);
  throw unfit(jsonType(value), BigInt);
}

function asBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw unfit(jsonType(value), Boolean);
}

function asDate(value: unknown): Date {
  const date = typeof value === 'string' || typeof value === 'number' ? new Date(value) : undefined;
  if (date && !Number.isNaN(date.getTime())) return date;
  throw unfit(jsonType(value), Date);
}

function jsonType(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

function unfit(found: string, targetType: unknown): MessageConversionException {
  const what = `Could not read JSON: the payload is ${found}, not`;
  const shown = BUILT_IN.has(targetType) ? typeName(targetType) : 'an object';
  return new MessageConversionException(
    `${what} ${typeName(targetType)}`,
    undefined,
    `${what} ${shown}`,
  );
}
