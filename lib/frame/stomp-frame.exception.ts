import { StompException } from '../exception/index.js';
import type { StompCommand } from './stomp-command.js';

/** What was wrong with a frame. */
export type StompFrameErrorCode =
  | 'STOMP_ERR_UNKNOWN_COMMAND'
  | 'STOMP_ERR_BAD_HEADER'
  | 'STOMP_ERR_BAD_ESCAPE'
  | 'STOMP_ERR_BAD_LINE_END'
  | 'STOMP_ERR_BODY_NOT_ALLOWED'
  | 'STOMP_ERR_BODY_NOT_TERMINATED'
  | 'STOMP_ERR_FRAME_TOO_LARGE'
  | 'STOMP_ERR_HEADER_LINE_TOO_LONG'
  | 'STOMP_ERR_TOO_MANY_HEADERS'
  | 'STOMP_ERR_BAD_HEARTBEAT';

/**
 * Octets that are no STOMP frame, or one beyond the limits. The text says what was wrong and never holds a passcode.
 *
 * @publicApi
 */
export class StompFrameException extends StompException {
  declare readonly code: StompFrameErrorCode;
  /** Command of the faulty frame, if it was read already. */
  readonly command: StompCommand | undefined;
  /** Its `receipt` header, if it was read already: goes into the `receipt-id` of the ERROR frame. */
  readonly receiptId: string | undefined;

  constructor(
    message: string,
    code: StompFrameErrorCode,
    frame: { command?: StompCommand | undefined; receiptId?: string | undefined } = {},
  ) {
    super(message, { code });
    this.command = frame.command;
    this.receiptId = frame.receiptId;
  }
}
