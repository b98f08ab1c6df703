import { StompException } from '../exception/index.js';

interface FrameRefusedOptions {
  closeCode?: number;
  cause?: unknown;
  headers?: Readonly<Record<string, string>>;
}

/**
 * A frame that a client may not send, or not now. Its text names the header or the rule; the client reads it in the
 * ERROR frame.
 *
 * @publicApi
 */
export class FrameRefusedException extends StompException {
  /** Headers that the ERROR frame gets besides its own. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, message: string, options: FrameRefusedOptions = {}) {
    super(message, { code, closeCode: options.closeCode, cause: options.cause });
    this.headers = options.headers ?? {};
  }
}

/** A client asked for more than a session may have; trying again would change nothing. */
export function limitExceeded(code: string, message: string): FrameRefusedException {
  return new FrameRefusedException(code, message, { closeCode: CloseCode.POLICY });
}

export function notConnected(what: string): FrameRefusedException {
  return new FrameRefusedException(
    'STOMP_ERR_NOT_CONNECTED',
    `${what} came before CONNECT: a session begins with a CONNECT frame`,
  );
}

/** Close codes of a session (RFC 6455, 7.4, and our own above 4000). */
export const CloseCode = {
  NORMAL: 1000,
  GOING_AWAY: 1001,
  PROTOCOL: 1002,
  POLICY: 1008,
  INTERNAL: 1011,
  EXPIRED: 4401,
  TOO_SLOW: 4500,
} as const;
