import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { responseOnSocket } from './exchange.js';

/** Decides about the requests of a server; true when it took one over. */
export interface RequestClaimer {
  claimUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  claimRequest(request: IncomingMessage, response: ServerResponse): boolean;
}

type Emit = (event: string, ...args: unknown[]) => boolean;

/**
 * Sees `upgrade` and `request` of a server before its listeners, whenever they were added, and leaves what is not claimed
 * to them. No listener is removed.
 */
export class ServerClaim {
  private active = true;
  private readonly original: Emit;
  private readonly wrapper: Emit;

  constructor(
    private readonly server: Server,
    private readonly claimer: RequestClaimer,
  ) {
    this.original = Reflect.get(server, 'emit') as Emit;
    this.wrapper = (event, ...args) =>
      this.claims(event, args) || this.original.call(server, event, ...args);
    Reflect.set(server, 'emit', this.wrapper);
    UnclaimedUpgrades.of(server).use();
  }

  /** Leaves the server as it was. */
  release(): void {
    if (!this.active) return;
    this.active = false;
    if (Reflect.get(this.server, 'emit') === this.wrapper)
      Reflect.set(this.server, 'emit', this.original);
    UnclaimedUpgrades.of(this.server).unuse();
  }

  private claims(event: string, args: unknown[]): boolean {
    if (!this.active) return false;
    if (event === 'request') {
      return this.claimer.claimRequest(...(args as [IncomingMessage, ServerResponse]));
    }
    if (event !== 'upgrade') return false;
    return this.claimer.claimUpgrade(...(args as [IncomingMessage, Duplex, Buffer]));
  }
}

/**
 * Node emits `upgrade` only when somebody listens, so one listener stays on each claimed server. When it is the only one, an
 * upgrade that nobody claimed goes where Node would have sent it without us: to `request`.
 */
class UnclaimedUpgrades {
  private static readonly all = new WeakMap<Server, UnclaimedUpgrades>();
  private users = 0;

  private constructor(private readonly server: Server) {}

  static of(server: Server): UnclaimedUpgrades {
    let unclaimed = this.all.get(server);
    if (unclaimed === undefined) this.all.set(server, (unclaimed = new UnclaimedUpgrades(server)));
    return unclaimed;
  }

  use(): void {
    if (this.users++ === 0) this.server.on('upgrade', this.onUpgrade);
  }

  unuse(): void {
    if (--this.users === 0) this.server.off('upgrade', this.onUpgrade);
  }

  private readonly onUpgrade = (request: IncomingMessage, socket: Duplex): void => {
    if (this.server.listenerCount('upgrade') > 1) return;
    socket.on('error', () => socket.destroy());
    const response = responseOnSocket(request, socket);
    if (this.server.listenerCount('request') === 0) response.writeHead(404).end();
    else this.server.emit('request', request, response);
  };
}
