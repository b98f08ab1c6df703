import { isUtf8 } from 'node:buffer';
import { encodeMessageTail, type StompVersion } from '../frame/index.js';
import type { Message } from '../message/index.js';
import { SharedOctets, type SharedTail } from '../transport/index.js';

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
  /** Octets of the body. */
  readonly bodyLength: number;
  private readonly headers: string[];
  private readonly body: Buffer;
  private readonly encoded: Partial<Record<StompVersion, SharedTail>> = {};

  constructor(message: Message<Buffer>, messageId: string) {
    const { fields } = message.headers;
    this.body = message.payload;
    this.bodyLength = this.body.length;
    const contentType = fields.contentType ?? fields.native.get('content-type');
    this.binary = isBinary(contentType, this.body);
    this.headers = ['destination', fields.origDestination ?? fields.destination ?? ''];
    this.headers.push('message-id', messageId);
    if (contentType !== undefined) this.headers.push('content-type', contentType);
    this.passOn(fields.native.toFlat());
  }

  for(version: StompVersion): SharedTail {
    return (this.encoded[version] ??= {
      part: new SharedOctets(encodeMessageTail(this.headers, this.body, version)),
      binary: this.binary,
    });
  }

  private passOn(native: readonly string[]): void {
    for (let i = 0; i < native.length; i += 2)
      if (!NOT_PASSED_ON.has(native[i]!)) this.headers.push(native[i]!, native[i + 1]!);
  }
}

/** Whether a body has to go as a binary WebSocket message: text ones must be UTF-8 (RFC 6455, 5.6). */
export function isBinary(contentType: string | undefined, body: Buffer): boolean {
  if (body.length === 0) return false;
  return isOctetStream(contentType) || !isUtf8(body);
}

// Spring: whatever is compatible with application/octet-stream goes as binary.
function isOctetStream(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/(octet-stream|\*)\s*(;|$)/i.test(contentType);
}

const instance = Math.random().toString(36).slice(2, 8);
let count = 0;

/** A message-id that is unique in this process, and most likely beyond. */
export function nextMessageId(): string {
  return `${instance}-${(count++).toString(36)}`;
}
