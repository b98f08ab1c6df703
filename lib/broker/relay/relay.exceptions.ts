import { StompException } from '../../exception/index.js';

/** The broker cannot be reached now; sending again later may work. */
export class BrokerUnavailableException extends StompException {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'STOMP_ERR_BROKER_UNAVAILABLE', retryable: true, cause });
  }
}

/** The broker refused a frame with ERROR. */
export class BrokerRefusedException extends StompException {
  constructor(
    message: string,
    readonly details: string,
  ) {
    super(message, { code: 'STOMP_ERR_BROKER_REFUSED' });
  }
}
