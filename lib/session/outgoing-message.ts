import { isUtf8 } from 'node:buffer';
import { encodeMessageTail, messageTailText, type StompVersion } from '../frame/index.js';
import type { HeaderFields, Message } from '../message/index.js';
import { FramePart, type SharedTail } from '../transport/index.js';

// Longer ones are copied faster as octets.
const LONG_BODY_BYTES = 1024;

// Headers of a frame that are about that frame or its sender, not about the message (design, section 5, row 8), and those
// that are written from elsewhere.
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
  private readonly headers: string[];
  private readonly body: Buffer;
  private first: SharedTail | undefined;
  private firstVersion: StompVersion | undefined;
  private others: Map<StompVersion, SharedTail> | undefined;

  constructor(message: Message<Buffer>, messageId: string) {
    const { fields } = message.headers;
    this.body = message.payload;
    const contentType = fields.contentType ?? fields.native.get('content-type');
    this.binary = isBinary(contentType, this.body);
    this.headers = sharedHeaders(fields, messageId, contentType);
  }

  /** Octets of the body. */
  get bodyLength(): number {
    return this.body.length;
  }

  /** For one receiver: nothing is kept. */
  forOne(version: StompVersion): SharedTail {
    const part =
      this.body.length > LONG_BODY_BYTES
        ? FramePart.ofOctets(this.encode(version))
        : FramePart.ofText(messageTailText(this.headers, this.body, version));
    return { part, binary: this.binary };
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

  private encode(version: StompVersion): Buffer {
    return encodeMessageTail(this.headers, this.body, version);
  }

  private shared(version: StompVersion): SharedTail {
    return { part: FramePart.ofOctets(this.encode(version)), binary: this.binary };
  }
}

function sharedHeaders(
  { origDestination, destination = '', native, extra }: HeaderFields,
  messageId: string,
  contentType: string | undefined,
): string[] {
  const shown = origDestination ?? destination;
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

/** Whether a body has to go as a binary WebSocket message: text ones must be UTF-8 (RFC 6455, 5.6). */
export function isBinary(contentType: string | undefined, body: Buffer): boolean {
  if (body.length === 0) return false;
  return isOctetStream(contentType) || !isUtf8(body);
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
