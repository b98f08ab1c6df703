import type { SendingTransport } from './sending-transport.js';

export const jsonpSend: SendingTransport = {
  name: 'jsonp_send',
  // SockJS 0.3.3, JsonPolling: Konqueror does weird things on 204.
  answer: { status: 200, body: 'ok' },
  payload: (body, mediaType) => {
    if (mediaType === 'application/x-www-form-urlencoded') {
      return new URLSearchParams(body).get('d') ?? undefined;
    }
    return mediaType === 'text/plain' || mediaType === '' ? body : undefined;
  },
};
