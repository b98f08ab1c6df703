import type { Handshake } from '../../message/index.js';

/**
 * What a handshake interceptor may say about the answer.
 *
 * @publicApi
 */
export interface HandshakeResponse {
  /** Status of the refusal; without one a refusal is 403. */
  setStatus(status: number): void;
  /** Adds a header to the answer, whether it refuses or accepts. */
  setHeader(name: string, value: string): void;
}

/**
 * Sees every handshake of an endpoint: may refuse it, and may put attributes that become those of the session.
 *
 * @publicApi
 */
export interface HandshakeInterceptor {
  /** Returns whether the handshake goes on. What it throws ends the handshake with 500, or with the status it carries. */
  beforeHandshake?(
    handshake: Handshake,
    response: HandshakeResponse,
    attributes: Map<string, unknown>,
  ): boolean | Promise<boolean>;
  /**
   * Called when the handshake is over, if this interceptor's `beforeHandshake` let it pass; in reverse order.
   *
   * @param error why the handshake failed, undefined when the connection is open
   */
  afterHandshake?(handshake: Handshake, error?: unknown): void | Promise<void>;
}
