// In 1973. Seconds since 1970, taken for milliseconds, are times before it.
const EARLIEST_END_MS = 100_000_000_000;

/** What is wrong with what should be a `StompPrincipal`; undefined when nothing is. Shows nothing of what it holds. */
export function principalFault(user: unknown): string | undefined {
  if (typeof user !== 'object' || user === null) return nameFault(`a ${typeof user}`);
  const { name, destinationUserName, expiresAt } = user as Record<string, unknown>;
  if (!isName(name)) return nameFault(`an object whose "name" is ${described(name)}`);
  // Undefined and null stand for the name.
  if (!isName(destinationUserName ?? name))
    return nameFault(`an object whose "destinationUserName" is ${described(destinationUserName)}`);
  return expiresAt === undefined ? undefined : expiryFault(expiresAt);
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function described(value: unknown): string {
  if (value === '') return 'empty';
  return value === undefined || value === null ? 'missing' : `a ${typeof value}`;
}

function nameFault(found: string): string {
  return `The principal of a session is ${found}; it has to be an object with a name that is a text and not empty, as { name: 'alice' }, or undefined for nobody`;
}

function expiryFault(expiresAt: unknown): string | undefined {
  const found = expiryFound(expiresAt);
  if (found === undefined) return undefined;
  return `The principal of a session has an "expiresAt" that is ${found}; it has to be milliseconds since 1970 or a Date, as new Date(exp * 1000) of the "exp" of a JWT, or undefined for credentials without an end`;
}

function expiryFound(expiresAt: unknown): string | undefined {
  if (expiresAt === null) return 'null';
  if (typeof expiresAt !== 'number' && !(expiresAt instanceof Date)) return `a ${typeof expiresAt}`;
  const endMs = Number(expiresAt);
  if (Number.isNaN(endMs)) return 'no time (NaN)';
  return endMs < EARLIEST_END_MS
    ? 'before 1974, as seconds are when they are taken for milliseconds'
    : undefined;
}
