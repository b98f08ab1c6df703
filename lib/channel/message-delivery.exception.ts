import { StompException } from '../exception/index.js';

/**
 * A message was not sent: an interceptor dropped or refused it, or its broker cannot take it now (`retryable`).
 *
 * @publicApi
 */
export class MessageDeliveryException extends StompException {
  constructor(message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, { code: 'STOMP_ERR_MESSAGE_DELIVERY', ...options });
  }
}
