import type { ReceivingTransport } from './receiving-transport.js';

/** Server-sent events. Frames hold no line feeds: JSON escapes them. */
export const eventsource: ReceivingTransport = {
  name: 'eventsource',
  method: 'GET',
  contentType: 'text/event-stream',
  streaming: true,
  // SockJS 0.3.3, EventSource: an empty line first, due to a bug in Opera.
  prelude: () => '\r\n',
  format: (frame) => `data: ${frame}\r\n\r\n`,
};
