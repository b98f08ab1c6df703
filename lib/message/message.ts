import { Buffer } from 'node:buffer';
import type { MessageHeaders } from './message-headers.js';
import { TextPayload } from './text-payload.js';

/**
 * A payload with headers. Payloads on the channels are octets (`Buffer`); handlers may ask for `Message<T>` with a
 * converted one.
 *
 * @publicApi
 */
export class Message<T = unknown> {
  private readonly content: T | TextPayload;

  constructor(
    payload: T,
    readonly headers: MessageHeaders,
  ) {
    this.content = payload;
  }

  /** A message with what a converter made of a payload. */
  static ofConverted(
    converted: { readonly payload: Buffer },
    headers: MessageHeaders,
  ): Message<Buffer> {
    if (!(converted instanceof TextPayload)) return new Message(converted.payload, headers);
    return new Message<Buffer | TextPayload>(converted, headers) as Message<Buffer>;
  }

  get payload(): T {
    const { content } = this;
    return content instanceof TextPayload ? (content.payload as T) : content;
  }

  /** What `payload` will be in UTF-8, as long as nobody has read it and it was a text; frames of texts need no octets. */
  get unreadText(): string | undefined {
    const { content } = this;
    return content instanceof TextPayload ? content.unreadText : undefined;
  }

  /** The same payload with other headers. */
  withHeaders(headers: MessageHeaders): Message<T> {
    return new Message(this.content, headers) as Message<T>;
  }

  /** Whether the payload is octets, as it has to be on the channels. */
  hasOctets(): this is Message<Buffer> {
    const { content } = this;
    return content instanceof TextPayload || Buffer.isBuffer(content);
  }
}
