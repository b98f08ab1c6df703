import { parseHeartbeat, StompCommand } from '../frame/index.js';
import { MessageHeaders, newHeaderFields } from './message-headers.js';
import { SimpMessageHeaderAccessor } from './simp-message-header-accessor.js';
import { SimpMessageType } from './simp-message-type.js';

const TYPES: Partial<Record<StompCommand, SimpMessageType>> = {
  [StompCommand.CONNECT]: SimpMessageType.CONNECT,
  [StompCommand.STOMP]: SimpMessageType.CONNECT,
  [StompCommand.CONNECTED]: SimpMessageType.CONNECT_ACK,
  [StompCommand.SEND]: SimpMessageType.MESSAGE,
  [StompCommand.MESSAGE]: SimpMessageType.MESSAGE,
  [StompCommand.SUBSCRIBE]: SimpMessageType.SUBSCRIBE,
  [StompCommand.UNSUBSCRIBE]: SimpMessageType.UNSUBSCRIBE,
  [StompCommand.DISCONNECT]: SimpMessageType.DISCONNECT,
};

/** The type of message that a STOMP command makes. */
export function messageTypeOf(command: StompCommand): SimpMessageType {
  return TYPES[command] ?? SimpMessageType.OTHER;
}

/**
 * Adds STOMP's own headers (Spring: StompHeaderAccessor).
 *
 * @publicApi
 */
export class StompHeaderAccessor extends SimpMessageHeaderAccessor {
  /** Headers for a new message that becomes a frame of this command. */
  static override create(command: any = StompCommand.SEND): StompHeaderAccessor {
    const fields = newHeaderFields(messageTypeOf(command as StompCommand));
    fields.command = command;
    return new StompHeaderAccessor(new MessageHeaders(fields));
  }

  getCommand(): StompCommand | undefined {
    return this.fields.command;
  }

  getAcceptVersion(): string | undefined {
    return this.getFirstNativeHeader('accept-version');
  }

  getVersion(): string | undefined {
    return this.getFirstNativeHeader('version');
  }

  getHost(): string | undefined {
    return this.getFirstNativeHeader('host');
  }

  getLogin(): string | undefined {
    return this.getFirstNativeHeader('login');
  }

  /** The passcode of CONNECT in clear: compare it, never log it. */
  getPasscode(): string | undefined {
    return this.fields.passcode?.reveal();
  }

  /**
   * Milliseconds `[can send every, wants to receive every]`; `[0, 0]` without the header.
   *
   * @throws StompFrameException when it does not consist of two non-negative integers
   */
  getHeartbeat(): [number, number] {
    const [sends, wants] = parseHeartbeat(this.getFirstNativeHeader('heart-beat'));
    return [sends, wants];
  }

  getReceipt(): string | undefined {
    return this.getFirstNativeHeader('receipt');
  }

  getReceiptId(): string | undefined {
    return this.getFirstNativeHeader('receipt-id');
  }

  getMessageId(): string | undefined {
    return this.getFirstNativeHeader('message-id');
  }

  getTransaction(): string | undefined {
    return this.getFirstNativeHeader('transaction');
  }

  getAck(): string | undefined {
    return this.getFirstNativeHeader('ack');
  }

  getContentLength(): number | undefined {
    const length = this.getFirstNativeHeader('content-length');
    return length === undefined ? undefined : Number(length);
  }

  /** Text of an ERROR frame. */
  getMessage(): string | undefined {
    return this.getFirstNativeHeader('message');
  }

  setMessage(text: string): void {
    this.setNativeHeader('message', text);
  }
}
