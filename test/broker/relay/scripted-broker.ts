import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  frameOctets,
  readFrames,
  type Headers,
  type ReceivedFrame,
} from '../../support/stomp-wire.js';

/** A broker that does as a test says: confirms and fans out, and refuses what it is told to, as RabbitMQ does. */
export class ScriptedBroker {
  /** Destinations whose SUBSCRIBE is answered with ERROR and the end of the connection. */
  readonly refused = new Set<string>();
  /** Whether its ERROR names the frame; RabbitMQ's does not. */
  namesRefused = false;
  /** Destinations whose SUBSCRIBE is never answered. */
  readonly ignored = new Set<string>();
  /** Destinations of all SUBSCRIBE frames that came. */
  readonly asked: string[] = [];
  /** Whether it takes new connections; else it closes them at once. */
  takesNew = true;
  /** Connections that were made. */
  accepted = 0;
  private readonly subscriptions = new Map<Socket, Map<string, string>>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => this.serve(socket));
  }

  static async start(): Promise<ScriptedBroker> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ScriptedBroker(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Destinations that somebody is subscribed to now, one for each subscription. */
  get subscribed(): string[] {
    return [...this.subscriptions.values()].flatMap((one) => [...one.values()]).sort();
  }

  /** Connections that are open now. */
  get open(): number {
    return this.subscriptions.size;
  }

  /** Loses all connections, or so many. */
  cut(count = this.open): void {
    for (const socket of [...this.subscriptions.keys()].slice(0, count)) socket.destroy();
  }

  /** Reads nothing more of what comes on open connections. */
  stopReading(): void {
    for (const socket of this.subscriptions.keys()) socket.pause();
  }

  publish(destination: string, body: string, headers: Headers = {}): void {
    for (const [socket, subscriptions] of this.subscriptions)
      for (const [subscription, of] of subscriptions)
        if (of === destination)
          this.say(
            socket,
            'MESSAGE',
            { ...headers, destination, subscription, 'message-id': 'm', receipt: [] },
            body,
          );
  }

  async stop(): Promise<void> {
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }

  private serve(socket: Socket): void {
    this.accepted++;
    if (!this.takesNew) return void socket.destroy();
    this.subscriptions.set(socket, new Map());
    let rest = Buffer.alloc(0);
    socket.on('error', () => undefined).on('close', () => this.subscriptions.delete(socket));
    socket.on('data', (octets) => {
      rest = Buffer.concat([rest, octets]);
      const end = rest.lastIndexOf(0) + 1;
      const whole = rest.subarray(0, end);
      rest = rest.subarray(end);
      for (const frame of readFrames(whole, false).frames) if (!this.take(socket, frame)) return;
    });
  }

  /** Whether the connection goes on. */
  private take(socket: Socket, { command, headers, text }: ReceivedFrame): boolean {
    const { destination = '', id = '', receipt } = headers;
    if (command === 'CONNECT') this.say(socket, 'CONNECTED', { version: '1.2' });
    if (command === 'SUBSCRIBE') {
      this.asked.push(destination);
      if (this.ignored.has(destination)) return true;
      if (this.refused.has(destination)) return this.refuse(socket, destination, receipt);
      this.subscriptions.get(socket)!.set(id, destination);
    }
    if (command === 'UNSUBSCRIBE') this.subscriptions.get(socket)!.delete(id);
    if (command === 'SEND') this.publish(destination, text, headers);
    if (receipt !== undefined) this.say(socket, 'RECEIPT', { 'receipt-id': receipt });
    return true;
  }

  private refuse(socket: Socket, destination: string, receipt: string | undefined): false {
    const named: Headers =
      this.namesRefused && receipt !== undefined ? { 'receipt-id': receipt } : {};
    this.say(socket, 'ERROR', { message: 'access_refused', ...named }, `no ${destination} for you`);
    socket.removeAllListeners('data').end();
    return false;
  }

  private say(socket: Socket, command: string, headers: Headers = {}, body = ''): void {
    if (socket.writable) socket.write(frameOctets(command, headers, body));
  }
}
