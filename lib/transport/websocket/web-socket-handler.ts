import type { ConnectionAcceptor } from '../connection.js';
import type { ConnectionEnvironment } from '../connection-environment.js';
import type { ConnectionRegistry } from '../connection-registry.js';
import type { Exchange } from '../exchange.js';
import type { AcceptedHandshake } from '../handshake/handshake-attempt.js';
import type { Handshaker } from '../handshaker.js';
import type { HttpEndpointHandler } from '../http-endpoint-handler.js';
import { WebSocketConnection } from './web-socket-connection.js';
import { upgradeRefusal, type WebSocketUpgrader } from './web-socket-upgrader.js';

/** Opens plain WebSockets: at an endpoint's path, and at `/websocket` below it when it has SockJS. */
export class WebSocketHandler implements HttpEndpointHandler {
  constructor(
    private readonly handshaker: Handshaker,
    private readonly upgrader: WebSocketUpgrader,
    private readonly environment: ConnectionEnvironment,
    private readonly registry: ConnectionRegistry,
    private readonly accept: ConnectionAcceptor,
  ) {}

  accepts({ subPath, upgrade, endpoint: { sockJs } }: Exchange): boolean {
    if (sockJs === undefined) return true;
    if (!sockJs.webSocketEnabled) return false;
    return subPath === '/websocket' || (subPath === '' && upgrade !== undefined);
  }

  handle(exchange: Exchange): void | Promise<void> {
    const accepted = this.handshaker.run(exchange, upgradeRefusal);
    if (!(accepted instanceof Promise)) return this.open(exchange, accepted);
    return accepted.then((later) => this.open(exchange, later));
  }

  private open(exchange: Exchange, accepted: AcceptedHandshake | undefined): void {
    if (accepted === undefined) return;
    this.upgrader.upgrade(exchange, accepted, (ws, socket) => {
      const connection = new WebSocketConnection(ws, socket, this.environment, accepted);
      this.registry.add(connection, accepted.place);
      connection.open(this.accept, this.registry);
      accepted.succeed();
    });
  }
}
