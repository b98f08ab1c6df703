import { Buffer } from 'node:buffer';
import { StompCommand, StompFrameException } from '../frame/index.js';
import { Message, StompHeaderAccessor } from '../message/index.js';
import { FrameRefusedException } from './frame-refused.exception.js';

const TEXT = 'text/plain;charset=utf-8';

/**
 * Makes the ERROR frames for clients (Spring: StompSubProtocolErrorHandler). Extend it to see, change or suppress them.
 * Whatever it returns, an exception of its own is logged and the default frame is sent.
 *
 * @publicApi
 */
export class StompSubProtocolErrorHandler {
  /**
   * A frame of a client failed. Null sends nothing and keeps the connection open.
   *
   * @param clientMessage undefined when what came was not a frame
   */
  handleClientMessageProcessingError(
    clientMessage: Message<Buffer> | undefined,
    error: Error,
  ): Message<Buffer> | null {
    const clientAccessor = clientMessage && StompHeaderAccessor.getAccessor(clientMessage);
    const receipt =
      error instanceof StompFrameException ? error.receiptId : clientAccessor?.getReceipt();
    const accessor = errorAccessor(error.message, receipt);
    if (error instanceof FrameRefusedException)
      for (const [name, value] of Object.entries(error.headers))
        accessor.setNativeHeader(name, value);
    const payload = Buffer.from(errorBody(error.message, clientAccessor));
    return this.handleInternal(accessor, payload, error, clientAccessor);
  }

  /**
   * An ERROR message from a broker or from the server itself, on its way to a client. Null sends no frame; the
   * connection is closed all the same.
   */
  handleErrorMessageToClient(errorMessage: Message<Buffer>): Message<Buffer> | null {
    const accessor = StompHeaderAccessor.wrap(errorMessage);
    return this.handleInternal(accessor, errorMessage.payload, undefined, undefined);
  }

  /** Where both end: changes the headers through `accessor`, or returns a message of its own, or null. */
  protected handleInternal(
    accessor: StompHeaderAccessor,
    payload: Buffer,
    _cause: Error | undefined,
    _clientAccessor: StompHeaderAccessor | undefined,
  ): Message<Buffer> | null {
    return new Message(payload, accessor.getMessageHeaders());
  }
}

/** An ERROR message with this text as header and body. */
export function errorMessage(text: string, receiptId?: string): Message<Buffer> {
  return new Message(Buffer.from(text), errorAccessor(text, receiptId).getMessageHeaders());
}

function errorAccessor(text: string, receiptId: string | undefined): StompHeaderAccessor {
  const accessor = StompHeaderAccessor.create(StompCommand.ERROR);
  // STOMP 1.0 cannot hold a line feed in a header; the body has the whole text.
  accessor.setMessage(onOneLine(text));
  // STOMP 1.2, ERROR: it SHOULD name the frame by receipt-id when that frame asked for a receipt.
  if (receiptId !== undefined) accessor.setNativeHeader('receipt-id', receiptId);
  accessor.setContentType(TEXT);
  return accessor;
}

// Texts quote what clients sent: an expression with \s* around the line feeds takes quadratic time on spaces.
function onOneLine(text: string): string {
  const lines = text.split(/[\r\n]+/).map((line) => line.trim());
  return lines.filter((line) => line !== '').join(' ');
}

const NAMED = ['id', 'destination', 'subscription', 'message-id', 'transaction', 'receipt'];

/** The text, and which frame it is about. CONNECT is named only: its headers may hold credentials. */
function errorBody(text: string, frame: StompHeaderAccessor | undefined): string {
  const command = frame?.getCommand();
  if (frame === undefined || command === undefined) return text;
  if (command === StompCommand.CONNECT || command === StompCommand.STOMP)
    return `${text}\n\nThe frame: ${command}`;
  const headers = NAMED.map((name) => namedHeader(name, frame.getFirstNativeHeader(name)));
  return `${text}\n\nThe frame: ${command}${headers.join('')}`;
}

const MAX_SHOWN = 100;

function namedHeader(name: string, value: string | undefined): string {
  if (value === undefined) return '';
  const shown = value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value;
  return ` ${name}=${JSON.stringify(shown)}`;
}
