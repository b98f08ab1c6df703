/**
 * What a message is for, whatever protocol brought it (Spring: SimpMessageType).
 *
 * @publicApi
 */
export enum SimpMessageType {
  CONNECT = 'CONNECT',
  CONNECT_ACK = 'CONNECT_ACK',
  MESSAGE = 'MESSAGE',
  SUBSCRIBE = 'SUBSCRIBE',
  UNSUBSCRIBE = 'UNSUBSCRIBE',
  HEARTBEAT = 'HEARTBEAT',
  DISCONNECT = 'DISCONNECT',
  /** Outbound: ends the session with `closeCode` and `closeReason`; an ERROR frame goes first when `message` is set. */
  DISCONNECT_ACK = 'DISCONNECT_ACK',
  /** ACK, NACK, BEGIN, COMMIT, ABORT, RECEIPT, ERROR: see the STOMP command. */
  OTHER = 'OTHER',
}
