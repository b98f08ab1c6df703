import { ServerResponse, type IncomingMessage } from 'node:http';
import { StompException } from '../exception/index.js';
import type { Handshake, StompPrincipal } from '../message/index.js';

/**
 * Middleware as Express, Connect and Passport know it.
 *
 * @publicApi
 */
export type HandshakeMiddleware = (
  request: any,
  response: any,
  next: (error?: unknown) => void,
) => unknown;

/**
 * Middleware answered the request of a handshake instead of passing it on; the handshake gets that status.
 *
 * @publicApi
 */
export class HandshakeAnsweredException extends StompException {
  constructor(readonly status: number) {
    super(`The handshake was answered with ${status} by middleware`, {
      code: 'STOMP_ERR_HANDSHAKE_ANSWERED',
      closeCode: 1008,
    });
  }
}

/**
 * An `authenticateHandshake` that runs middleware on the request first: sessions, Passport strategies, cookie parsers. What
 * they put on the request is there for `principalOf`, and later at `session.handshake.request`. Middleware that answers
 * (401) refuses the handshake with its status. HTTP sessions are read, not saved.
 *
 * @example
 * authenticateHandshake: authenticateWith(
 *   [session(sessionOptions), passport.initialize(), passport.session()],
 *   (request) => request.user && { name: request.user.email, roles: request.user.roles },
 * )
 *
 * @publicApi
 */
export function authenticateWith(
  middleware: readonly HandshakeMiddleware[],
  principalOf: (
    request: any,
    handshake: Handshake,
  ) => StompPrincipal | undefined | Promise<StompPrincipal | undefined>,
): (handshake: Handshake) => Promise<StompPrincipal | undefined> {
  return async (handshake) => {
    const { request } = handshake;
    const response = new ServerResponse(request);
    for (const one of middleware) await run(one, request, response);
    return principalOf(request, handshake);
  };
}

function run(
  middleware: HandshakeMiddleware,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  return new Promise((resolve, reject) => {
    response.end = () => {
      reject(new HandshakeAnsweredException(response.statusCode));
      return response;
    };
    const next = (error?: unknown): void =>
      error === undefined || error === null ? resolve() : reject(asError(error));
    Promise.resolve(middleware(request, response, next)).catch((error: unknown) =>
      reject(asError(error)),
    );
  });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
