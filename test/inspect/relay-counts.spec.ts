import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import {
  SimpMessagingTemplate,
  stompBrokerRelay,
  StompModule,
  StompStats,
  type RelayCounts,
  type StompBrokerRelayOptions,
} from 'nestjs-stomp';
import { stompMetrics } from 'nestjs-stomp/prometheus';
import { startNest, type RunningNest } from '../support/nest-application.js';
import { until } from '../support/until.js';

/** Takes all that comes, says CONNECTED and RECEIPT, and counts its octets. */
class SmallBroker {
  bytesIn = 0;
  bytesOut = 0;
  port = 0;
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  async up(): Promise<void> {
    this.server = createServer((socket) => this.serve(socket)).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    const closed = once(this.server!, 'close');
    this.server!.close();
    this.cut();
    await closed;
  }

  /** Loses all connections. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    socket.on('data', (octets) => {
      this.bytesIn += octets.length;
      const text = octets.toString();
      if (text.startsWith('CONNECT')) this.say(socket, 'CONNECTED\nversion:1.2\n\n\0');
      for (const [, id] of text.matchAll(/^receipt:(.*)$/gm))
        this.say(socket, `RECEIPT\nreceipt-id:${id}\n\n\0`);
    });
  }

  private say(socket: Socket, frame: string): void {
    this.bytesOut += frame.length;
    socket.write(frame);
  }
}

describe('the counts of a relay', () => {
  let broker: SmallBroker;
  let nest: RunningNest;

  beforeEach(async () => {
    broker = new SmallBroker();
    await broker.up();
  });
  afterEach(async () => {
    await nest.app.close();
    await broker.down();
  });

  async function start(options: StompBrokerRelayOptions = {}): Promise<void> {
    const relay = stompBrokerRelay({ port: broker.port, reconnectDelayMs: 10, ...options });
    nest = await startNest({ imports: [StompModule.forRoot({ brokers: [relay] })] });
    await until(() => relay.available);
  }

  const counts = (): RelayCounts => nest.app.get(StompStats).snapshot().brokers[0]!.relay!;
  const send = (text: string): void =>
    nest.app.get(SimpMessagingTemplate).convertAndSend('/topic/a', text);

  it('has the octets that the broker sees', async () => {
    await start();
    for (let i = 0; i < 10; i++) send('żółw'.repeat(i));
    await until(() => broker.bytesIn === counts().bytesOut && broker.bytesIn > 500);
    expect(counts().bytesIn).toBe(broker.bytesOut);
    expect(counts().bytesIn).toBeGreaterThan(20);
  });

  it.each([
    ['per-client', 1],
    ['shared', 3],
  ] as const)('has the connections for all that came back: %s, %s', async (connections, all) => {
    await start({ connections });
    expect(counts().reconnects).toBe(0);
    broker.cut();
    await until(() => counts().reconnects === all);
    broker.cut();
    await until(() => counts().reconnects === 2 * all);
  });

  it('has the messages that wait while the broker is away', async () => {
    await start({ maxBufferedMessages: 3 });
    await broker.down();
    await until(() => !nest.app.get(StompStats).snapshot().brokers[0]!.available);
    for (let i = 0; i < 3; i++) send('kept');
    expect(counts()).toMatchObject({ bufferedMessages: 3, reconnects: 0 });
    await broker.up();
    await until(() => counts().bufferedMessages === 0);
    expect(counts().reconnects).toBe(1);
  });

  it('is there for Prometheus, by relay', async () => {
    await start({ name: 'rabbit' });
    const text = await stompMetrics(nest.app.get(StompStats)).metrics();
    const labels = '{instance="default",broker="rabbit"}';
    expect(text).toContain('# TYPE stomp_relay_reconnects_total counter\n');
    expect(text).toContain(`stomp_relay_reconnects_total${labels} 0\n`);
    expect(text).toContain(`stomp_relay_buffered_messages${labels} 0\n`);
    expect(text).toContain(`stomp_relay_bytes_out_total${labels} ${counts().bytesOut}\n`);
    expect(text).toContain(`stomp_relay_bytes_in_total${labels} ${counts().bytesIn}\n`);
  });
});
