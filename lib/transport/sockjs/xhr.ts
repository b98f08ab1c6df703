import type { ReceivingTransport } from './receiving-transport.js';

/** Polling: a frame, then the response ends. */
export const xhr: ReceivingTransport = {
  name: 'xhr',
  method: 'POST',
  contentType: 'application/javascript; charset=UTF-8',
  streaming: false,
  format: (frame) => `${frame}\n`,
};
