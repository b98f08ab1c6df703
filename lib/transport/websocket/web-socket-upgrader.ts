import type { IncomingMessage } from 'node:http';
import { type Server, WebSocketServer } from 'ws';
import type { Exchange, HttpAnswer, UpgradeSocket } from '../exchange.js';
import type { AcceptedHandshake } from '../handshake/handshake-attempt.js';
import type { TransportSettings } from '../transport-options.js';
import { ServerWebSocket } from './server-web-socket.js';
import { selectSubProtocol } from './sub-protocol.js';

/** RFC 6455, 4.1: 16 octets in Base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;

/** What becomes of a WebSocket that was opened. */
export type WebSocketOpener = (ws: ServerWebSocket, socket: UpgradeSocket['socket']) => void;

/** Completes the upgrade of a handshake that was accepted. */
export class WebSocketUpgrader {
  private readonly server: Server<typeof ServerWebSocket>;
  private extraHeaders: Readonly<Record<string, string>> = {};

  constructor(settings: TransportSettings) {
    this.server = new WebSocketServer({
      WebSocket: ServerWebSocket,
      noServer: true,
      clientTracking: false,
      autoPong: false,
      perMessageDeflate: settings.perMessageDeflate,
      maxPayload: Math.max(settings.maxTextMessageBytes, settings.maxBinaryMessageBytes),
      closeTimeout: settings.closeGraceMs,
      handleProtocols: selectSubProtocol,
    } as ConstructorParameters<typeof WebSocketServer<typeof ServerWebSocket>>[0]);
    this.server.on('headers', (headers: string[], _request: IncomingMessage) => {
      for (const [name, value] of Object.entries(this.extraHeaders))
        headers.push(`${name}: ${value}`);
    });
  }

  /** Answers 101 and opens the connection; a request that is no good WebSocket handshake is refused by `ws`. */
  upgrade(exchange: Exchange, accepted: AcceptedHandshake, open: WebSocketOpener): void {
    const upgrade = exchange.takeSocket();
    if (upgrade === undefined)
      return accepted.fail(new Error('The client left during the handshake'));
    let opened = false;
    this.extraHeaders = accepted.headers;
    this.server.handleUpgrade(exchange.request, upgrade.socket, upgrade.head, (ws) => {
      opened = true;
      open(ws, upgrade.socket);
    });
    this.extraHeaders = {};
    if (!opened) accepted.fail(new Error('Not a good WebSocket handshake'));
  }
}

/** The refusals of Spring's AbstractHandshakeHandler, in its order. */
export function upgradeRefusal({ request, upgrade }: Exchange): HttpAnswer | undefined {
  const { headers, method } = request;
  if (method !== 'GET') return { status: 405, headers: { Allow: 'GET, CONNECT' } };
  if (headers.upgrade?.toLowerCase() !== 'websocket') {
    return { status: 400, body: 'Can "Upgrade" only to "WebSocket".' };
  }
  if (upgrade === undefined) return { status: 400, body: '"Connection" must be "upgrade".' };
  if (!KEY.test(headers['sec-websocket-key'] ?? '')) return { status: 400 };
  if (headers['sec-websocket-version'] === '13') return undefined;
  return { status: 426, headers: { 'Sec-WebSocket-Version': '13' } };
}
