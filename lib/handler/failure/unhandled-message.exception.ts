import { HttpException, HttpStatus } from '@nestjs/common';
import { StompException } from '../../exception/index.js';
import { isClientError, publicError } from './public-text.js';

/**
 * Ends the session whose message failed; its text is fit for the client, its `cause` is what happened.
 *
 * @publicApi
 */
export class UnhandledMessageException extends StompException {
  constructor(exception: unknown) {
    super(publicError(exception).message, {
      code: exception instanceof StompException ? exception.code : 'STOMP_ERR_HANDLER_FAILED',
      closeCode: closeCodeOf(exception),
      cause: exception,
    });
  }
}

function closeCodeOf(exception: unknown): number {
  if (exception instanceof StompException) return exception.closeCode;
  if (exception instanceof HttpException && isRefusal(exception.getStatus())) return 1008;
  return isClientError(exception) ? 1002 : 1011;
}

function isRefusal(status: HttpStatus): boolean {
  return status === HttpStatus.UNAUTHORIZED || status === HttpStatus.FORBIDDEN;
}
