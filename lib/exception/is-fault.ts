import { constants } from 'node:os';

// Names are the same in every realm, and who derives an exception of his own gives it another one.
const BROKEN = new Set([
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'URIError',
  'EvalError',
  'AggregateError',
  'AbortError',
  'TimeoutError',
]);

// Names that are not found, undici's, MySQL's, and those of SQLSTATE and Prisma, of five signs; none as EXPIRED.
const BROKEN_CODE = /^(?:ENOTFOUND$|EAI_|UND_ERR_|ER_|(?=.*\d)[A-Z0-9]{5}$)/;

// Causes may lead back to where they began.
const DEPTH_LIMIT = 8;

interface Thrown {
  readonly name?: unknown;
  readonly status?: unknown;
  readonly errno?: unknown;
  readonly syscall?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
}

/**
 * Whether what was thrown tells of something broken: a mistake in a program, a system or a database that failed, a status
 * from 500 on. Whatever else is thrown, or has a `closeCode`, is meant to refuse.
 */
export function isFault(thrown: unknown): boolean {
  if (!isObject(thrown) || 'closeCode' in thrown) return false;
  if (typeof thrown.status === 'number') return thrown.status >= 500;
  return BROKEN.has(String(thrown.name)) || isOfSystem(thrown);
}

/** Drivers put what happened to them into an exception of their own. */
function isOfSystem(thrown: Thrown): boolean {
  let one: unknown = thrown;
  for (let depth = 0; isObject(one) && depth < DEPTH_LIMIT; depth++) {
    const { errno, syscall, code } = one;
    const isCode = typeof code === 'string' && (code in constants.errno || BROKEN_CODE.test(code));
    if (isCode || errno !== undefined || syscall !== undefined) return true;
    one = one.cause;
  }
  return false;
}

function isObject(thrown: unknown): thrown is Thrown {
  return typeof thrown === 'object' && thrown !== null;
}
