import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** More than a heart-beat or a RECEIPT. */
const LARGE_BYTES = 500;

/** Stands between a relay and its broker, and does what networks do. */
export class TcpProxy {
  /** Nothing passes in either direction, and nobody is told. */
  frozen = false;
  /** The next large chunk from the broker is cut in two: half of it passes, then the connection is reset. */
  cutNext = false;
  accepted = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(target: number): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server);
    server.on('connection', (client) => proxy.join(client, connect(target, '127.0.0.1')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  drop(): void {
    // Node keeps the handle of a socket that is reset while it ends, and the process with it.
    for (const socket of this.sockets)
      if (socket.readyState === 'open') socket.resetAndDestroy();
      else socket.destroy();
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, broker: Socket): void {
    this.accepted++;
    client.on('data', (chunk) => this.frozen || broker.write(chunk));
    broker.on('data', (chunk: Buffer) => {
      if (this.frozen) return;
      if (!this.cutNext || chunk.length < LARGE_BYTES) return void client.write(chunk);
      this.cutNext = false;
      client.end(chunk.subarray(0, chunk.length / 2));
      broker.destroy();
    });
    for (const socket of [client, broker]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        client.destroy();
        broker.destroy();
      });
    }
  }
}
