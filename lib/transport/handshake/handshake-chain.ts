import { validateHeaderName, validateHeaderValue } from 'node:http';
import { Logger } from '@nestjs/common';
import { StompException } from '../../exception/index.js';
import type { Handshake } from '../../message/index.js';
import type { HandshakeInterceptor, HandshakeResponse } from './handshake-interceptor.js';

/** Collects what interceptors say about the answer. */
export class HandshakeAnswer implements HandshakeResponse {
  status: number | undefined;
  readonly headers: Record<string, string> = {};

  setStatus(status: number): void {
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new RangeError(`Not a status for a handshake: ${status}`);
    }
    this.status = status;
  }

  setHeader(name: string, value: string): void {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    this.headers[name] = value;
  }
}

/** The interceptors of one endpoint during one handshake. */
export class HandshakeChain {
  private static readonly logger = new Logger(HandshakeChain.name);
  private passed = 0;
  private over = false;

  constructor(
    private readonly interceptors: readonly HandshakeInterceptor[],
    private readonly handshake: Handshake,
  ) {}

  /**
   * Asks all in order until one refuses, or the handshake is over: why then, for the log. Throws what an interceptor
   * throws.
   */
  async before(
    answer: HandshakeAnswer,
    attributes: Map<string, unknown>,
  ): Promise<string | undefined> {
    for (const interceptor of this.interceptors) {
      if (!(await passes(interceptor, this.handshake, answer, attributes)))
        return `beforeHandshake of ${interceptor.constructor.name} refused it`;
      if (this.over) return 'it was over before the interceptors were done';
      this.passed++;
    }
    return undefined;
  }

  /** Tells those that let the handshake pass, in reverse. What they throw is logged. */
  after(error?: unknown): void {
    this.over = true;
    if (this.passed > 0) void this.tell(error);
  }

  private async tell(error: unknown): Promise<void> {
    for (const interceptor of this.interceptors.slice(0, this.passed).reverse()) {
      try {
        await interceptor.afterHandshake?.(this.handshake, error);
      } catch (failure) {
        HandshakeChain.logger.warn(
          `A handshake interceptor threw in afterHandshake: ${String(failure)}`,
        );
      }
    }
  }
}

async function passes(
  interceptor: HandshakeInterceptor,
  handshake: Handshake,
  answer: HandshakeAnswer,
  attributes: Map<string, unknown>,
): Promise<boolean> {
  if (!interceptor.beforeHandshake) return true;
  const passed: boolean | undefined = await interceptor.beforeHandshake(
    handshake,
    answer,
    attributes,
  );
  if (passed !== undefined) return passed;
  throw new StompException(
    `beforeHandshake of ${interceptor.constructor.name} must return true to let the handshake pass, or false to refuse it`,
    { code: 'STOMP_ERR_INTERCEPTOR', closeCode: 1011 },
  );
}
