import { validateHeaderName, validateHeaderValue } from 'node:http';
import { Logger } from '@nestjs/common';
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

  /** Asks all in order until one refuses, or the handshake is over; false then. Throws what an interceptor throws. */
  async before(answer: HandshakeAnswer, attributes: Map<string, unknown>): Promise<boolean> {
    for (const interceptor of this.interceptors) {
      if (!(await passes(interceptor, this.handshake, answer, attributes))) return false;
      if (this.over) return false;
      this.passed++;
    }
    return true;
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

function passes(
  interceptor: HandshakeInterceptor,
  handshake: Handshake,
  answer: HandshakeAnswer,
  attributes: Map<string, unknown>,
): boolean | Promise<boolean> {
  if (!interceptor.beforeHandshake) return true;
  return interceptor.beforeHandshake(handshake, answer, attributes);
}
