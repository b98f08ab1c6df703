import { Buffer } from 'node:buffer';
import { StompCommand, type StompFrame } from '../../frame/index.js';
import {
  MessageBuilder,
  NODE_HEADER,
  SimpMessageType,
  StompHeaderAccessor,
  type Message,
  type SessionContext,
} from '../../message/index.js';
import { TARGET_HEADER } from './client-isolation.js';
import { BrokerRefusedException } from './relay.exceptions.js';
import { headerOf, replaceHeaders } from './relay-frame.js';

/** What of the broker's CONNECTED the client gets to see. */
const CONNECTED_HEADERS = ['version', 'heart-beat', 'server', 'session'];
/** Headers that are a session's business, or the connection's, never the broker's. */
const NOT_FORWARDED = new Set(['receipt', 'content-length', 'destination', 'content-type']);
const NOT_FORWARDED_FOR_CLIENTS = new Set([...NOT_FORWARDED, NODE_HEADER]);
const NOT_FORWARDED_CONNECT = new Set(['receipt', 'login', 'passcode', 'host', 'content-length']);

/** The frame that says to the broker what a message says here. */
export function frameFor(message: Message, extra?: Readonly<Record<string, string>>): StompFrame {
  const { fields } = message.headers;
  const notForwarded = fields.session === undefined ? NOT_FORWARDED : NOT_FORWARDED_FOR_CLIENTS;
  const hasBody = fields.messageType === SimpMessageType.MESSAGE;
  return {
    command: hasBody ? StompCommand.SEND : fields.command!,
    headers: replaceHeaders(fields.native.toFlat(), notForwarded, {
      destination: fields.destination,
      'content-type': fields.contentType,
      [TARGET_HEADER]: hasBody ? fields.targetSessionId : undefined,
      ...extra,
    }),
    body: hasBody ? (message.payload as Buffer) : Buffer.alloc(0),
  };
}

/** A client's CONNECT with the relay's own headers, its credentials among them, instead of the client's. */
export function connectFrameFor(
  message: Message,
  own: Readonly<Record<string, string | undefined>>,
): StompFrame {
  const headers = replaceHeaders(
    message.headers.fields.native.toFlat(),
    NOT_FORWARDED_CONNECT,
    own,
  );
  return { command: StompCommand.CONNECT, headers, body: Buffer.alloc(0) };
}

/** Tells the session what the broker agreed to. */
export function connectedMessage(session: SessionContext, connected: StompFrame): Message {
  const accessor = StompHeaderAccessor.create(StompCommand.CONNECTED);
  accessor.setSessionId(session.id);
  for (const name of CONNECTED_HEADERS) {
    const value = headerOf(connected, name);
    if (value !== undefined) accessor.setNativeHeader(name, value);
  }
  return MessageBuilder.createMessage(Buffer.alloc(0), accessor);
}

/** Ends the session with an ERROR frame that says why. */
export function errorMessage(session: SessionContext, error: Error): Message {
  const accessor = StompHeaderAccessor.create(StompCommand.ERROR);
  accessor.setSessionId(session.id);
  accessor.setMessage(error.message);
  accessor.setContentType('text/plain');
  const refused = error instanceof BrokerRefusedException ? error : undefined;
  // STOMP 1.2, ERROR: it SHOULD name the frame by receipt-id when that frame asked for a receipt.
  if (refused?.receiptId !== undefined) accessor.setNativeHeader('receipt-id', refused.receiptId);
  const body = refused?.details ?? error.message;
  return MessageBuilder.createMessage(Buffer.from(body), accessor);
}
