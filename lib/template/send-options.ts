import type { Message } from '../message/index.js';

/**
 * One value of a header; anything but text is written as text.
 *
 * @publicApi
 */
export type HeaderValue = string | number | boolean | bigint;

/**
 * What a message gets beside destination and payload.
 *
 * @publicApi
 */
export interface SendOptions {
  /**
   * STOMP headers; a list repeats the header, undefined and null leave it out. `contentType` and `content-type` set
   * the content-type.
   */
  readonly headers?: Readonly<
    Record<string, HeaderValue | readonly HeaderValue[] | null | undefined>
  >;
  /** Chooses the converter and becomes `content-type`. @default that of the first converter that takes the payload */
  readonly contentType?: string;
  /** Session the message is for: of a user's sessions only this one gets it, and nobody when it has gone. */
  readonly sessionId?: string;
  /** Changes the message, or returns another one, after conversion and before the destination is set. */
  readonly postProcessor?: MessagePostProcessor;
}

/**
 * Changes a message just before it is sent, or makes another one: what it returns is sent instead.
 *
 * @publicApi
 */
export type MessagePostProcessor = (message: Message<Buffer>) => Message<Buffer> | void;
