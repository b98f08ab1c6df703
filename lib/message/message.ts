import type { MessageHeaders } from './message-headers.js';

/**
 * A payload with headers. Payloads on the channels are octets (`Buffer`); handlers may ask for `Message<T>` with a
 * converted one.
 *
 * @publicApi
 */
export class Message<T = unknown> {
  constructor(
    readonly payload: T,
    readonly headers: MessageHeaders,
  ) {}
}
