import { Buffer, isUtf8 } from 'node:buffer';
import {
  encodeMessageTail,
  messageTailText,
  plainTailText,
  type StompVersion,
} from '../frame/index.js';
import type { HeaderFields, Message } from '../message/index.js';
import { FramePart, type SharedTail } from '../transport/index.js';

// Longer ones are copied faster as octets.
const LONG_BODY_BYTES = 1024;

// Headers of a frame that are about that frame or its sender, not about the message, and those that are written from
// elsewhere. Differs from Spring: docs/coming-from-spring.md, "What differs on purpose", row 8.
const NOT_PASSED_ON = new Set([
  'ack',
  'content-length',
  'content-type',
  'destination',
  'message-id',
  'receipt',
  'redelivered',
  'simpOrigDestination',
  'subscription',
  'transaction',
  'user-name',
]);

/** What all receivers of a message get alike, encoded when first needed and once for each STOMP version. */
export class MessageTail {
  readonly binary: boolean;
  private readonly contentType: string | undefined;
  private ownHeaders: string[] | undefined;
  private first: SharedTail | undefined;
  private firstVersion: StompVersion | undefined;
  private others: Map<StompVersion, SharedTail> | undefined;

  constructor(
    private readonly message: Message<Buffer>,
    private readonly messageId: string,
  ) {
    const { fields } = message.headers;
    this.contentType = fields.contentType ?? fields.native.get('content-type');
    this.binary = isBinary(this.contentType, message);
  }

  /** Octets of the body. */
  get bodyLength(): number {
    return this.message.payload.length;
  }

  /** For one receiver: nothing is kept. */
  forOne(version: StompVersion): SharedTail {
    const body = shortText(this.message);
    const part =
      body === undefined
        ? FramePart.ofOctets(this.encode(version))
        : FramePart.ofText(this.text(body, version));
    return { part, binary: this.binary };
  }

  /** For receivers without binary messages; undefined when the body cannot be text. */
  asText(version: StompVersion): SharedTail | undefined {
    if (!isUtf8(this.message.payload)) return undefined;
    return { part: this.for(version).part, binary: false };
  }

  for(version: StompVersion): SharedTail {
    if (this.first === undefined) {
      this.firstVersion = version;
      return (this.first = this.shared(version));
    }
    if (version === this.firstVersion) return this.first;
    this.others ??= new Map();
    let tail = this.others.get(version);
    if (tail === undefined) this.others.set(version, (tail = this.shared(version)));
    return tail;
  }

  private get headers(): readonly string[] {
    const { fields } = this.message.headers;
    return (this.ownHeaders ??= sharedHeaders(fields, this.messageId, this.contentType));
  }

  private text(body: string, version: StompVersion): string {
    const { fields } = this.message.headers;
    const plain = hasOthers(fields)
      ? undefined
      : plainTailText(shownDestination(fields), this.messageId, this.contentType, body);
    return plain ?? messageTailText(this.headers, body, version);
  }

  private encode(version: StompVersion): Buffer {
    return encodeMessageTail(this.headers, this.message.payload, version);
  }

  private shared(version: StompVersion): SharedTail {
    return { part: FramePart.ofOctets(this.encode(version)), binary: this.binary };
  }
}

function shownDestination({ origDestination, destination = '' }: HeaderFields): string {
  return origDestination ?? destination;
}

/** Whether there are more headers than each message has. */
function hasOthers({ native, extra }: HeaderFields): boolean {
  return native.size > 0 || extra !== undefined;
}

function sharedHeaders(
  fields: HeaderFields,
  messageId: string,
  contentType: string | undefined,
): string[] {
  const { native, extra } = fields;
  const shown = shownDestination(fields);
  const headers =
    contentType === undefined
      ? ['destination', shown, 'message-id', messageId]
      : ['destination', shown, 'message-id', messageId, 'content-type', contentType];
  // Brokers that say `true` of a second delivery may say `false` of the first.
  if (extra?.get('redelivered') === false) headers.push('redelivered', 'false');
  const flat = native.toFlat();
  for (let i = 0; i < flat.length; i += 2)
    if (!NOT_PASSED_ON.has(flat[i]!)) headers.push(flat[i]!, flat[i + 1]!);
  return headers;
}

/** A body as text of one character an octet, when it is not long. */
function shortText(message: Message<Buffer>): string | undefined {
  const { unreadText: text } = message;
  // ASCII needs no octets at all.
  if (
    text !== undefined &&
    text.length <= LONG_BODY_BYTES &&
    Buffer.byteLength(text) === text.length
  )
    return text;
  const { payload } = message;
  return payload.length > LONG_BODY_BYTES ? undefined : payload.toString('latin1');
}

/** Whether a body has to go as a binary WebSocket message: text ones must be UTF-8 (RFC 6455, 5.6). */
export function isBinary(contentType: string | undefined, message: Message<Buffer>): boolean {
  const { unreadText: text } = message;
  if (text !== undefined) return text !== '' && isOctetStream(contentType);
  const { payload } = message;
  return payload.length > 0 && (isOctetStream(contentType) || !isUtf8(payload));
}

// Spring: whatever is compatible with application/octet-stream goes as binary.
function isOctetStream(contentType: string | undefined): boolean {
  // The commonest one by far needs no look at its letters.
  if (contentType === undefined || contentType === 'application/json') return false;
  return /^application\/(octet-stream|\*)\s*(;|$)/i.test(contentType);
}

const instance = Math.random().toString(36).slice(2, 8);
let count = 0;

/** A message-id that is unique in this process, and most likely beyond. */
export function nextMessageId(): string {
  return `${instance}-${(count++).toString(36)}`;
}
