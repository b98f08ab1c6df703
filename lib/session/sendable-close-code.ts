import { inspect } from 'node:util';
import { isSendableCloseCode } from '../channel/index.js';
import { CloseCode } from './frame-refused.exception.js';
import type { SessionHost } from './session-host.js';

/**
 * The code as it is, when it may be sent; else 1011, for what is wrong then is the application, which is told.
 *
 * @param cause the exception that asked for the code
 */
export function sendableCloseCode(code: unknown, host: SessionHost, cause?: Error): number {
  if (isSendableCloseCode(code)) return code;
  const told = cause === undefined ? '' : ` by the exception ${JSON.stringify(cause.message)}`;
  host.error(
    `A session was to be closed with the code ${inspect(code)}${told}, which may not be sent: 1011 was sent instead. ` +
      'Use 1000 to 1003, 1007 to 1014, or one of your own from 3000 to 4999 (STOMP_ERR_CLOSE_CODE)',
    cause,
  );
  return CloseCode.INTERNAL;
}
