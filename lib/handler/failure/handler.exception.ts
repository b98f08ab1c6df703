import { StompException } from '../../exception/index.js';

/**
 * A handler is declared in a way that cannot work; thrown at start.
 *
 * @publicApi
 */
export class InvalidHandlerException extends StompException {
  constructor(handler: { toString(): string }, reason: string) {
    super(`${handler.toString()}: ${reason}`, { code: 'STOMP_ERR_INVALID_HANDLER' });
  }
}

/**
 * Two handlers have a claim to the same destinations; thrown at start, or for a message when only that shows it.
 *
 * @publicApi
 */
export class AmbiguousMappingException extends StompException {
  constructor(message: string) {
    super(message, { code: 'STOMP_ERR_AMBIGUOUS_MAPPING', closeCode: 1011 });
  }
}
