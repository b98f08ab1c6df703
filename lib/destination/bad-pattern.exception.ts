import { quoted, StompException } from '../exception/index.js';

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
    super(`Bad destination pattern ${quoted(pattern)}: ${reason}`, {
      code: 'STOMP_ERR_BAD_PATTERN',
      cause,
    });
  }
}
