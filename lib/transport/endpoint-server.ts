import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { Logger } from '@nestjs/common';
import { Admission } from './admission/admission.js';
import { type CloseOptions, ConnectionRegistry } from './connection-registry.js';
import type { ConnectionAcceptor } from './connection.js';
import type { EndpointOptions } from './endpoint-options.js';
import { Endpoint, EndpointTable } from './endpoint.js';
import { Exchange, type UpgradeSocket } from './exchange.js';
import { FairTurns } from './fair-turns.js';
import { Handshaker } from './handshaker.js';
import type { HttpEndpointHandler } from './http-endpoint-handler.js';
import { type RequestClaimer, ServerClaim } from './server-claim.js';
import {
  transportSettings,
  type TransportOptions,
  type TransportSettings,
} from './transport-options.js';
import { TransportStats } from './transport-stats.js';
import type { Turn } from './turn.js';
import { SendWatch } from './send-watch.js';
import { SlowClients } from './slow-clients.js';
import { HttpTransports } from './sockjs/http-transports.js';
import { SockJsHandler } from './sockjs/sock-js-handler.js';
import { SockJsWebSocket } from './sockjs/websocket.js';
import { WebSocketHandler } from './websocket/web-socket-handler.js';
import { WebSocketUpgrader } from './websocket/web-socket-upgrader.js';

// Two milliseconds' worth: thousands of clients that come back at once hold up nobody who is there already.
const UPGRADES_PER_TURN = 8;

/** What an endpoint server is made of. */
export interface EndpointServerOptions {
  readonly endpoints: readonly EndpointOptions[];
  /** Limits, the same for all endpoints. */
  readonly transport?: TransportOptions;
  /** Takes over every connection. */
  readonly accept: ConnectionAcceptor;
  /** Gathers what is written in one turn of the event loop. */
  readonly turn: Turn;
}

/**
 * Takes the requests on the paths of its endpoints from an HTTP or HTTPS server, and makes connections of them. All other
 * requests, and all listeners of the server, stay as they are.
 */
export class EndpointServer implements RequestClaimer {
  readonly stats = new TransportStats();
  private readonly logger = new Logger(EndpointServer.name);
  private readonly settings: TransportSettings;
  private readonly admission: Admission;
  private readonly endpoints: EndpointTable;
  private readonly registry = new ConnectionRegistry(this.stats);
  private readonly handshaker: Handshaker;
  private readonly handlers: readonly HttpEndpointHandler[];
  private readonly claims = new Map<Server, ServerClaim>();
  private readonly upgrades = new FairTurns(UPGRADES_PER_TURN);

  constructor(options: EndpointServerOptions) {
    this.settings = transportSettings(options.transport);
    this.admission = new Admission(this.settings);
    const { handshakeTimeoutMs, maxTextMessageBytes } = this.settings;
    this.endpoints = new EndpointTable(
      options.endpoints.map((one) => new Endpoint(one, maxTextMessageBytes)),
    );
    this.handshaker = new Handshaker(this.admission, handshakeTimeoutMs, this.stats);
    this.handlers = this.newHandlers(options);
  }

  /** Handshakes that are being decided, or wait for their turn. */
  get pendingHandshakes(): number {
    return this.handshaker.pending + this.upgrades.size;
  }

  /** Begins to take requests from a server. Several servers may be attached. */
  attach(server: Server): void {
    if (!this.claims.has(server)) this.claims.set(server, new ServerClaim(server, this));
  }

  /** Leaves a server, or all, as it was; open connections stay. */
  detach(server?: Server): void {
    for (const [one, claim] of this.claims) {
      if (server !== undefined && server !== one) continue;
      claim.release();
      this.claims.delete(one);
    }
  }

  /** From now on handshakes are answered 503. */
  stopAccepting(): void {
    this.admission.closed = true;
  }

  /** Like `stopAccepting`, and handshakes that are being decided are answered so too. */
  refuseAll(): void {
    this.stopAccepting();
    this.handshaker.cutAll();
  }

  /**
   * Stops accepting and closes all connections. Settles when the last one is gone, soon after the deadline at the latest;
   * requests that came by half are cut then.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    this.refuseAll();
    await this.registry.closeAll(options);
    for (const handler of this.handlers) handler.cutUnread?.();
  }

  claimUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (!this.claim(request, { socket, head })) return false;
    // As long as `ws` has not taken the socket over, an error of it must not be unhandled.
    if (socket.listenerCount('error') === 0) socket.on('error', () => socket.destroy());
    return true;
  }

  claimRequest(request: IncomingMessage, response: ServerResponse): boolean {
    return this.claim(request, response);
  }

  private claim(request: IncomingMessage, reply: ServerResponse | UpgradeSocket): boolean {
    const match = this.endpoints.find(pathOf(request.url ?? ''));
    if (match === undefined) return false;
    const exchange = new Exchange(request, match, this.settings.trustProxy, reply);
    const handler = this.handlers.find((one) => one.accepts(exchange));
    if (handler === undefined) exchange.answer({ status: 404 });
    else if (exchange.upgrade === undefined || this.upgrades.begin())
      this.handle(handler, exchange);
    else this.upgrades.later(() => this.handle(handler, exchange));
    return true;
  }

  private handle(handler: HttpEndpointHandler, exchange: Exchange): void {
    try {
      handler.handle(exchange)?.catch((error: unknown) => this.onFailure(exchange, error));
    } catch (error) {
      this.onFailure(exchange, error);
    }
  }

  private onFailure(exchange: Exchange, error: unknown): void {
    const reason = error instanceof Error ? error.stack : error;
    this.logger.error(`Answering ${exchange.path} failed`, reason);
    exchange.answer({ status: 500 });
  }

  private newHandlers({ accept, turn }: EndpointServerOptions): HttpEndpointHandler[] {
    const { settings, stats, registry, handshaker } = this;
    const watch = new SendWatch(settings.sendTimeLimit);
    const slowClients = new SlowClients(settings, stats);
    const environment = { settings, stats, turn, watch, slowClients };
    const upgrader = new WebSocketUpgrader(settings);
    const transports = new HttpTransports(handshaker, environment, registry, accept);
    return [
      new WebSocketHandler(handshaker, upgrader, environment, registry, accept),
      new SockJsHandler(transports, new SockJsWebSocket(handshaker, environment, registry, accept)),
    ];
  }
}

function pathOf(url: string): string {
  const queryAt = url.indexOf('?');
  return queryAt < 0 ? url : url.slice(0, queryAt);
}
