const DEPTH_LIMIT = 32;

/** An exception and its causes, nearest first; cycles end. */
export function causesOf(exception: unknown): unknown[] {
  const chain: unknown[] = [];
  let current = exception;
  while (current !== undefined && current !== null && chain.length < DEPTH_LIMIT) {
    if (chain.includes(current)) break;
    chain.push(current);
    current = typeof current === 'object' ? (current as { cause?: unknown }).cause : undefined;
  }
  return chain;
}

/** The nearest of an exception and its causes that fits. */
export function findCause(exception: unknown, fits: (one: unknown) => boolean): unknown {
  return causesOf(exception).find(fits);
}
