import { Buffer } from 'node:buffer';
import { reportRejection } from '../exception/index.js';
import { StompCommand } from '../frame/index.js';
import type { Message } from '../message/index.js';
import { StompSubProtocolErrorHandler } from './stomp-sub-protocol-error-handler.js';

type Warn = (text: string, error: unknown) => void;

const NO_ERROR =
  'The error handler returned something that is no ERROR message; it has to return it at once, not a promise';
const BASE = new StompSubProtocolErrorHandler();

/** The ERROR messages that an application's error handler makes; ours where it fails. */
export class ErrorFrames {
  constructor(
    public handler: StompSubProtocolErrorHandler,
    private readonly warn: Warn,
  ) {}

  /** For a frame that failed. Null: nothing is sent, and the session lives on. */
  forFrame(error: Error, message: Message<Buffer> | undefined): Message<Buffer> | null {
    return this.guarded((handler) => handler.handleClientMessageProcessingError(message, error));
  }

  /** For an ERROR of a broker or of the server. Null: nothing is sent. */
  forClient(message: Message<Buffer>): Message<Buffer> | null {
    return this.guarded((handler) => handler.handleErrorMessageToClient(message));
  }

  private guarded(
    make: (handler: StompSubProtocolErrorHandler) => Message<Buffer> | null,
  ): Message<Buffer> | null {
    try {
      const made = make(this.handler);
      reportRejection(made, (error) => this.warn('The error handler failed', error));
      if (made === null || isErrorMessage(made)) return made;
      this.warn(NO_ERROR, made);
    } catch (thrown) {
      this.warn('The error handler failed', thrown);
    }
    return make(BASE);
  }
}

function isErrorMessage(message: Message<Buffer>): boolean {
  return message?.headers?.command === StompCommand.ERROR && Buffer.isBuffer(message.payload);
}
