import { StompException } from '../../exception/index.js';

/**
 * The broker cannot be reached now; sending again later may work.
 *
 * @publicApi
 */
export class BrokerUnavailableException extends StompException {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'STOMP_ERR_BROKER_UNAVAILABLE', retryable: true, cause });
  }
}

/**
 * The broker refused a frame with ERROR.
 *
 * @publicApi
 */
export class BrokerRefusedException extends StompException {
  /** The broker's own words, and what may help. */
  readonly details: string;

  /** @param receiptId of the frame that was refused, when it asked for a receipt and the broker names it */
  constructor(
    message: string,
    details: string,
    readonly receiptId?: string,
  ) {
    super(message, { code: 'STOMP_ERR_BROKER_REFUSED' });
    this.details = details + hintFor(details);
  }
}

// RabbitMQ's text for '/topic/a/b': "'/a/b' is not a valid topic destination".
function hintFor(details: string): string {
  const [, name] = /^'\/([^']*\/[^']*)' is not a valid \w+ destination/.exec(details) ?? [];
  if (name === undefined) return '';
  return `\nRabbitMQ takes no '/' in names: write '${name.replaceAll('/', '.')}', and set pathSeparator to '.'`;
}

/** An error's text; a broker tells in the body what it has against a login or a virtual host. */
export function reasonOf(error: Error): string {
  const details = error instanceof BrokerRefusedException ? error.details : '';
  return details === '' ? error.message : `${error.message}: ${details}`;
}
