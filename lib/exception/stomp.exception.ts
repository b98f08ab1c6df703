const BRAND = Symbol.for('nestjs-stomp.exception');

/**
 * What an exception may say about itself beyond its text.
 *
 * @publicApi
 */
export interface StompExceptionOptions {
  /** Stable, documented code of the form `STOMP_ERR_…`; each has a section in docs/errors.md. */
  code: string;
  /** WebSocket close code when this exception ends a session. @default 1002 */
  closeCode?: number;
  /** Whether the same call may succeed later without being changed. @default false */
  retryable?: boolean;
  cause?: unknown;
}

/**
 * Base of every exception of this package. `instanceof` also holds between two installed copies of the package.
 *
 * @publicApi
 */
export class StompException extends Error {
  readonly code: string;
  readonly closeCode: number;
  readonly retryable: boolean;

  constructor(message: string, options: StompExceptionOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.closeCode = options.closeCode ?? 1002;
    this.retryable = options.retryable ?? false;
    Object.defineProperty(this, BRAND, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== StompException) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
