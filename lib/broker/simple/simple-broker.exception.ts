import { StompException } from '../../exception/index.js';

const POLICY = 1008;

/** A frame that the simple broker cannot take, because of a mistake of its sender. */
export class SimpleBrokerException extends StompException {
  constructor(code: SimpleBrokerError, text: string) {
    super(text, { code: `STOMP_ERR_${code}` });
  }
}

/** A frame that would exceed a limit of the simple broker. */
export class SimpleBrokerLimitException extends StompException {
  /** @param retryable whether there may be room for the same frame at another time */
  constructor(code: SimpleBrokerLimit, text: string, retryable = false) {
    super(text, { code: `STOMP_ERR_${code}`, closeCode: POLICY, retryable });
  }
}

export type SimpleBrokerError =
  | 'DESTINATION_FOREIGN'
  | 'SUBSCRIPTION_DUPLICATE'
  | 'ACK_MODE'
  | 'ACK_UNKNOWN'
  | 'PREFETCH_COUNT'
  | 'TRANSACTION_DUPLICATE'
  | 'TRANSACTION_UNKNOWN'
  | 'TRANSACTION_MISSING';

export type SimpleBrokerLimit = 'TRANSACTION_LIMIT' | 'QUEUE_LIMIT';
