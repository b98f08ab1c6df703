import type { MessageHeaders } from '../message-headers.js';
import type { Message } from '../message.js';

/**
 * What a converter made of a payload.
 *
 * @publicApi
 */
export interface ConvertedPayload {
  readonly payload: Buffer;
  /** Becomes the `content-type` of the message. */
  readonly contentType: string;
}

/**
 * Turns the octets of a message into what a handler asks for, and what an application sends into octets (Spring:
 * MessageConverter). `undefined` says that this converter does not apply, and the next one is asked; a throw ends the
 * search, best as a `MessageConversionException`.
 *
 * @publicApi
 */
export interface MessageConverter {
  /**
   * The payload as `targetType`: a class, `String`, `Number`, `Boolean`, `Array`, `Object`, `Buffer`, or undefined when
   * the handler says nothing about the type. The content-type is `message.headers.contentType`.
   */
  fromMessage(message: Message<Buffer>, targetType: unknown): unknown;
  /** The payload as octets; `headers` are those of the message being made, `headers.contentType` what the caller asks for. */
  toMessage(payload: unknown, headers: MessageHeaders): ConvertedPayload | undefined;
}
