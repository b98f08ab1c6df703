/**
 * The commands of STOMP 1.0 to 1.2. `STOMP` is CONNECT by another name (STOMP 1.2, CONNECT or STOMP Frame).
 *
 * @publicApi
 */
export enum StompCommand {
  CONNECT = 'CONNECT',
  STOMP = 'STOMP',
  SEND = 'SEND',
  SUBSCRIBE = 'SUBSCRIBE',
  UNSUBSCRIBE = 'UNSUBSCRIBE',
  ACK = 'ACK',
  NACK = 'NACK',
  BEGIN = 'BEGIN',
  COMMIT = 'COMMIT',
  ABORT = 'ABORT',
  DISCONNECT = 'DISCONNECT',
  CONNECTED = 'CONNECTED',
  MESSAGE = 'MESSAGE',
  RECEIPT = 'RECEIPT',
  ERROR = 'ERROR',
}

/**
 * The versions of STOMP.
 *
 * @publicApi
 */
export type StompVersion = '1.0' | '1.1' | '1.2';
