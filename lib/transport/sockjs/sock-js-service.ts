import type { Connection } from '../connection.js';
import type { EndpointOptions } from '../endpoint-options.js';
import { EndpointServer } from '../endpoint-server.js';
import { FrameBatch } from '../frame-batch.js';
import type { TransportOptions } from '../transport-options.js';
import { Turn } from '../turn.js';
import { textFrame } from './sock-js-frames.js';

/**
 * One client of a plain SockJS service.
 *
 * @publicApi
 */
export class SockJsSocket {
  constructor(readonly connection: Connection) {}

  /** Sends a text; ignored once closing. */
  send(text: string): void {
    this.connection.write(new FrameBatch([textFrame(text)], false));
  }

  close(code = 1000, reason = ''): void {
    this.connection.close(code, reason);
  }
}

/**
 * What a service does with one client.
 *
 * @publicApi
 */
export interface SockJsSocketListener {
  onMessage?(text: string): void;
  onClose?(code: number, reason: string): void;
}

/** @publicApi */
export interface SockJsServiceOptions extends EndpointOptions {
  transport?: TransportOptions;
  /** Called for every client that connects; it may send and close at once. */
  onConnect: (socket: SockJsSocket) => SockJsSocketListener | void;
}

/**
 * A SockJS service for plain texts, without STOMP: `attach` it to an HTTP server, `close` it at the end.
 *
 * @publicApi
 */
export function createSockJsService({
  transport,
  onConnect,
  ...endpoint
}: SockJsServiceOptions): EndpointServer {
  return new EndpointServer({
    endpoints: [{ ...endpoint, sockJs: endpoint.sockJs ?? true }],
    transport,
    turn: new Turn(),
    accept: (connection) => {
      const listener = onConnect(new SockJsSocket(connection)) ?? {};
      return {
        onData: (octets) => listener.onMessage?.(octets.toString()),
        onClose: (code, reason) => listener.onClose?.(code, reason),
        onSlow: () => undefined,
      };
    },
  });
}
