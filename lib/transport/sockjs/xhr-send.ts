import type { SendingTransport } from './sending-transport.js';

/** SockJS 0.3.3, XhrPolling.test_content_types: what browsers were seen to send. */
const MEDIA_TYPES: ReadonlySet<string> = new Set([
  'text/plain',
  't',
  'application/json',
  'application/xml',
  'text/xml',
  '',
]);

export const xhrSend: SendingTransport = {
  name: 'xhr_send',
  answer: { status: 204, body: '' },
  payload: (body, mediaType) => (MEDIA_TYPES.has(mediaType) ? body : undefined),
};
