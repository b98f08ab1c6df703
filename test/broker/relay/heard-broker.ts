import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Takes everything in one version of STOMP, and keeps what it heard. */
export class HeardBroker {
  heard = '';
  connections = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly connected: string,
  ) {
    server.on('connection', (socket) => this.serve(socket));
  }

  /** @param connected the headers of its CONNECTED */
  static async start(connected: string): Promise<HeardBroker> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new HeardBroker(server, connected);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** To all connections. */
  say(octets: string): void {
    for (const socket of this.sockets) socket.write(octets);
  }

  async stop(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await once(this.server, 'close');
  }

  private serve(socket: Socket): void {
    this.connections++;
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    socket.on('data', (octets) => {
      const text = octets.toString();
      this.heard += text;
      if (text.startsWith('CONNECT')) socket.write(`CONNECTED\n${this.connected}\n\n\0`);
      for (const [, id] of text.matchAll(/^receipt:(.*)$/gm))
        socket.write(`RECEIPT\nreceipt-id:${id}\n\n\0`);
    });
  }
}
