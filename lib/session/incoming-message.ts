import { quoted } from '../exception/index.js';
import { Buffer } from 'node:buffer';
import { StompCommand, type StompFrame } from '../frame/index.js';
import {
  Message,
  MessageHeaders,
  messageTypeOf,
  NativeHeaders,
  newHeaderFields,
  Secret,
  type SimpMessageType,
  type SessionContext,
} from '../message/index.js';
import { FrameRefusedException } from './frame-refused.exception.js';

const NO_BODY = Buffer.alloc(0);
// In the place of its equals, which are slices of a frame: all later comparisons are of one and the same string.
const JSON_TYPE = 'application/json';

/**
 * A message from a client's frame, whose header list is taken over, and its body, unless that is a view of much more. A
 * passcode is taken out of the headers.
 */
export function incomingMessage(frame: StompFrame, session: SessionContext): Message<Buffer> {
  const { command, headers } = frame;
  const fields = newHeaderFields(messageTypeOf(command), new NativeHeaders(headers));
  fields.command = command;
  fields.session = session;
  fields.sessionId = session.id;
  const idIsSubscription =
    command === StompCommand.SUBSCRIBE || command === StompCommand.UNSUBSCRIBE;
  // STOMP 1.2, Repeated Header Entries: the first one counts, so the list is read from its end.
  for (let i = headers.length - 2; i >= 0; i -= 2) {
    const value = headers[i + 1]!;
    switch (headers[i]) {
      case 'destination':
        fields.destination = value;
        break;
      case 'content-type':
        fields.contentType = value === JSON_TYPE ? JSON_TYPE : value;
        break;
      case 'id':
        if (idIsSubscription) fields.subscriptionId = value;
        break;
      case 'receipt':
        fields.confirm = true;
        break;
      case 'passcode':
        fields.passcode = new Secret(value);
        headers[i + 1] = 'PROTECTED';
    }
  }
  return new Message(ownBody(frame.body), new MessageHeaders(fields));
}

/** A body that holds little more memory than itself: a small buffer is no more than the pool that a copy would be part of. */
function ownBody(body: Buffer): Buffer {
  if (body.length === 0) return NO_BODY;
  return body.buffer.byteLength <= Buffer.poolSize ? body : Buffer.from(body);
}

/** A message of a type that no frame of the client made: the end of its session, its heart-beat. */
export function sessionMessage(
  type: SimpMessageType,
  command: StompCommand | undefined,
  session: SessionContext,
): Message<Buffer> {
  const fields = newHeaderFields(type);
  fields.command = command;
  fields.session = session;
  fields.sessionId = session.id;
  return new Message(NO_BODY, new MessageHeaders(fields));
}

const CONTENT_TYPE = /^[^\s/;]+\/[^\s/;]+\s*(;|$)/;
let lastGood: string | undefined;

/** @throws FrameRefusedException when it is not of the form `type/subtype`, with or without parameters */
export function checkContentType(contentType: string | undefined): void {
  if (contentType === undefined || contentType === '' || contentType === lastGood) return;
  if (!CONTENT_TYPE.test(contentType))
    throw new FrameRefusedException(
      'STOMP_ERR_CONTENT_TYPE',
      `Invalid content-type ${quoted(contentType)}: it must be of the form type/subtype`,
    );
  lastGood = contentType;
}
