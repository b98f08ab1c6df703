import type { ReceivingTransport } from './receiving-transport.js';

/** A frame a line. Browsers show nothing before they have 2 KiB. */
export const xhrStreaming: ReceivingTransport = {
  name: 'xhr_streaming',
  method: 'POST',
  contentType: 'application/javascript; charset=UTF-8',
  streaming: true,
  prelude: () => `${'h'.repeat(2048)}\n`,
  format: (frame) => `${frame}\n`,
};
