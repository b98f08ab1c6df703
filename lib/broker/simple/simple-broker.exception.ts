import { StompException } from '../../exception/index.js';

const POLICY = 1008;

/**
 * A frame that the simple broker cannot take, because of a mistake of its sender.
 *
 * @publicApi
 */
export class SimpleBrokerException extends StompException {
  constructor(code: SimpleBrokerError, text: string) {
    super(text, { code });
  }
}

/**
 * A frame that would exceed a limit of the simple broker.
 *
 * @publicApi
 */
export class SimpleBrokerLimitException extends StompException {
  /** @param retryable whether there may be room for the same frame at another time */
  constructor(code: SimpleBrokerLimit, text: string, retryable = false) {
    super(text, { code, closeCode: POLICY, retryable });
  }
}

export type SimpleBrokerError =
  | 'STOMP_ERR_DESTINATION_FOREIGN'
  | 'STOMP_ERR_SUBSCRIPTION_DUPLICATE'
  | 'STOMP_ERR_ACK_MODE'
  | 'STOMP_ERR_ACK_UNKNOWN'
  | 'STOMP_ERR_PREFETCH_COUNT'
  | 'STOMP_ERR_TRANSACTION_DUPLICATE'
  | 'STOMP_ERR_TRANSACTION_UNKNOWN'
  | 'STOMP_ERR_TRANSACTION_MISSING';

export type SimpleBrokerLimit = 'STOMP_ERR_TRANSACTION_LIMIT' | 'STOMP_ERR_QUEUE_LIMIT';
