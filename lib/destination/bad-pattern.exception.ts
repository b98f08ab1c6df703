import { StompException } from '../exception/index.js';

/**
 * A destination pattern cannot be used: its text says why.
 *
 * @publicApi
 */
export class BadPatternException extends StompException {
  constructor(
    readonly pattern: string,
    readonly reason: string,
    cause?: unknown,
  ) {
    const shown = pattern.length > 80 ? `${pattern.slice(0, 80)}…` : pattern;
    super(`Bad destination pattern '${shown}': ${reason}`, {
      code: 'STOMP_ERR_BAD_PATTERN',
      cause,
    });
  }
}
