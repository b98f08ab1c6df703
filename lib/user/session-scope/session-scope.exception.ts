import { StompException } from '../../exception/index.js';

/**
 * A session-scoped provider was used where no session is, or not any more.
 *
 * @publicApi
 */
export class SessionScopeException extends StompException {
  constructor(message: string) {
    super(message, { code: 'STOMP_ERR_SESSION_SCOPE' });
  }
}
