import { StompException } from '../exception/index.js';

/**
 * Who a client says it is was not accepted. Throw it from `authenticate` to choose the text of the ERROR frame; the
 * connection closes with 1008.
 *
 * @publicApi
 */
export class AuthenticationException extends StompException {
  constructor(message = 'Authentication failed', cause?: unknown) {
    super(message, { code: 'STOMP_ERR_AUTHENTICATION', closeCode: 1008, cause });
  }
}

/**
 * The credentials are over; the connection closes with 4401, which tells the client to get new ones.
 *
 * @publicApi
 */
export class CredentialsExpiredException extends StompException {
  constructor(message = 'The credentials have expired', cause?: unknown) {
    super(message, { code: 'STOMP_ERR_CREDENTIALS_EXPIRED', closeCode: 4401, cause });
  }
}

/**
 * A rule does not allow this frame.
 *
 * @publicApi
 */
export class AccessDeniedException extends StompException {
  constructor(message = 'Access denied', cause?: unknown) {
    super(message, { code: 'STOMP_ERR_ACCESS_DENIED', closeCode: 1008, cause });
  }
}

/**
 * A CONNECT without the CSRF token of its HTTP session.
 *
 * @publicApi
 */
export class InvalidCsrfTokenException extends StompException {
  constructor(headerName: string) {
    super(`Header "${headerName}" of CONNECT is missing or not the CSRF token of this session`, {
      code: 'STOMP_ERR_CSRF_TOKEN',
      closeCode: 1008,
    });
  }
}
