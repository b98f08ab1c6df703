import type { Server } from 'node:http';
import { Logger } from '@nestjs/common';
import { reportRejection } from '../../exception/index.js';
import type { Handshake, StompPrincipal } from '../../message/index.js';
import type { CloseOptions } from '../connection-registry.js';
import type { Connection, ConnectionListener } from '../connection.js';
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
export interface SockJsSocket {
  readonly handshake: Handshake;
  /** Who `authenticateHandshake` or the client's certificate said it is. */
  readonly user: StompPrincipal | undefined;
  /** What handshake interceptors put there. */
  readonly attributes: Map<string, unknown>;
  /** Sends a text; ignored once closing. */
  send(text: string): void;
  /** Sends what waits, then closes. @default 1000, '' */
  close(code?: number, reason?: string): void;
}

/**
 * What a service does with one client, at once or asynchronously. What fails is logged; `onMessage` then closes with 1011.
 *
 * @publicApi
 */
export interface SockJsSocketListener {
  onMessage?(text: string): unknown;
  /** The client is gone: once, for whatever reason. */
  onClose?(code: number, reason: string): unknown;
}

/**
 * An endpoint of a plain SockJS service, and what it does with clients.
 *
 * @publicApi
 */
export interface SockJsServiceOptions extends EndpointOptions {
  transport?: TransportOptions;
  /** Called for every client that connects; it may send and close at once. What it throws closes the client with 1011. */
  onConnect: (socket: SockJsSocket) => SockJsSocketListener | void;
}

/**
 * A SockJS service that serves the HTTP servers it is attached to.
 *
 * @publicApi
 */
export interface SockJsService {
  /** Begins to take the requests below its paths from a server; all others stay as they are. */
  attach(server: Server): void;
  /** Leaves a server, or all, as it was; open connections stay. */
  detach(server?: Server): void;
  /** Refuses new clients, for good, and closes all others. Settles when the last one is gone. */
  close(options?: CloseOptions): Promise<void>;
}

const logger = new Logger('SockJsService');

/**
 * A SockJS service for plain texts, without STOMP: `attach` it to an HTTP server, `close` it at the end.
 *
 * @publicApi
 */
export function createSockJsService({
  transport,
  onConnect,
  ...endpoint
}: SockJsServiceOptions): SockJsService {
  return new EndpointServer({
    endpoints: [{ ...endpoint, sockJs: endpoint.sockJs ?? true }],
    transport,
    turn: new Turn(),
    accept: (connection) => heard(connection, onConnect(new ConnectedSocket(connection)) ?? {}),
  });
}

class ConnectedSocket implements SockJsSocket {
  readonly handshake: Handshake;
  readonly user: StompPrincipal | undefined;

  constructor(private readonly connection: Connection) {
    this.handshake = connection.handshake;
    this.user = connection.user;
  }

  get attributes(): Map<string, unknown> {
    return this.connection.attributes;
  }

  send(text: string): void {
    this.connection.write(new FrameBatch([textFrame(text)], false));
  }

  close(code = 1000, reason = ''): void {
    this.connection.close(code, reason);
  }
}

function heard(connection: Connection, listener: SockJsSocketListener): ConnectionListener {
  const onMessageFailed = (error: unknown): void => {
    logFailure('Handling a message failed', error);
    connection.close(1011, '');
  };
  const onCloseFailed = (error: unknown): void => logFailure('Ending a session failed', error);
  return {
    onData: (octets) => reportRejection(listener.onMessage?.(octets.toString()), onMessageFailed),
    onClose: (code, reason) => reportRejection(listener.onClose?.(code, reason), onCloseFailed),
    onSlow: () => undefined,
  };
}

function logFailure(what: string, error: unknown): void {
  logger.error(what, error instanceof Error ? error.stack : String(error));
}
