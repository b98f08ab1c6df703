import type { ReceivingTransport } from './receiving-transport.js';

/** Polling by scripts, for browsers that have nothing else. */
export const jsonp: ReceivingTransport = {
  name: 'jsonp',
  method: 'GET',
  contentType: 'application/javascript; charset=UTF-8',
  streaming: false,
  maxCallbackLength: 32,
  readableByAnySite: true,
  // The comment keeps the response from being taken for something else than a script.
  format: (frame, callback) => `/**/${callback}(${JSON.stringify(frame)});\r\n`,
};
