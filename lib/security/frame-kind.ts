import { StompCommand } from '../frame/index.js';
import { SimpMessageType, type HeaderFields } from '../message/index.js';
import type { AuthorizedFrame } from './authorization-rule.js';

const OTHERS: Partial<Record<StompCommand, AuthorizedFrame>> = {
  [StompCommand.ACK]: 'ACK',
  [StompCommand.NACK]: 'NACK',
  [StompCommand.BEGIN]: 'BEGIN',
  [StompCommand.COMMIT]: 'COMMIT',
  [StompCommand.ABORT]: 'ABORT',
};

/** What kind of frame a message of a client is; undefined for one that always passes. */
export function frameKind({ messageType, command }: HeaderFields): AuthorizedFrame | undefined {
  switch (messageType) {
    case SimpMessageType.CONNECT:
      return 'CONNECT';
    case SimpMessageType.MESSAGE:
      return 'SEND';
    case SimpMessageType.SUBSCRIBE:
      return 'SUBSCRIBE';
    case SimpMessageType.UNSUBSCRIBE:
      return 'UNSUBSCRIBE';
    default:
      return command && OTHERS[command];
  }
}
