import { connect as connectTcp, type Socket } from 'node:net';
import {
  simpleBroker,
  StompException,
  StompModule,
  StompServer,
  StompStats,
  type StompModuleOptions,
} from 'nestjs-stomp';
import { StompTestClient } from 'nestjs-stomp/testing';
import { Footprint } from '../support/footprint.js';
import { startNest, type RunningNest } from '../support/nest-application.js';
import { StompClient } from '../support/stomp-client.js';

const BODY = 'x'.repeat(16 * 1024);
const FAST = 50;
const SEND_BUFFER_BYTES = 512 * 1024;

describe('a client that', () => {
  let nest: RunningNest;
  let url: string;
  let server: StompServer;
  let before: Footprint;
  const clients: { vanish(): Promise<void> }[] = [];

  async function start(options: StompModuleOptions = {}): Promise<void> {
    const brokers = [simpleBroker({ destinations: ['/topic'] })];
    const stomp = StompModule.forRoot({ endpoints: ['/stomp'], brokers, ...options });
    nest = await startNest({ imports: [stomp] });
    url = `${nest.wsUrl}/stomp`;
    server = nest.app.get(StompServer);
    before = new Footprint(nest.app.get(StompStats));
  }

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.vanish()));
    await before.expectNothingMore().finally(() => nest.app.close());
  });

  async function connect(): Promise<StompTestClient> {
    const client = await StompTestClient.connect(url);
    clients.push(client);
    return client;
  }

  /** Without CONNECT. */
  async function open(): Promise<StompTestClient> {
    const client = await StompTestClient.open(url);
    clients.push(client);
    return client;
  }

  /** Another client sends itself a message and gets it. */
  async function others(): Promise<void> {
    const other = await connect();
    const own = await other.subscribe('/topic/other');
    other.send('/topic/other', 'still served');
    expect((await own.next()).text).toBe('still served');
    await other.vanish();
  }

  /** What waits in this process for clients, in bytes. */
  const buffered = (): number =>
    [...server.sessions.values()].reduce(
      (sum, { connection }) => sum + connection.bufferedBytes,
      0,
    );

  async function none(): Promise<void> {
    while (server.sessions.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  it('stopped reading is closed; fifty others get everything, and little waits for anybody', async () => {
    await start({ sendBufferSizeLimit: SEND_BUFFER_BYTES, pingIntervalMs: 0 });
    const deaf = await connect();
    await deaf.subscribe('/topic/all');
    deaf.pause();
    const fast = await Promise.all(Array.from({ length: FAST }, connect));
    const all = await Promise.all(fast.map((client) => client.subscribe('/topic/all')));
    let [rounds, most] = [0, 0];
    while (server.sessions.size > FAST) {
      fast[0]!.send('/topic/all', `${rounds++} ${BODY}`);
      const got = await Promise.all(all.map((one) => one.next()));
      for (const { text } of got) expect(text.startsWith(`${rounds - 1} `)).toBe(true);
      most = Math.max(most, buffered());
    }
    expect(server.statistics.slowClients).toBe(1);
    expect(most).toBeGreaterThan(0);
    // What waits for the deaf one, and one write that its socket has not taken.
    expect(most).toBeLessThan(2 * SEND_BUFFER_BYTES);
    await Promise.all(fast.map((client) => client.expectSilence()));
  }, 60_000);

  it('sends one byte after another is understood, and others are served', async () => {
    await start();
    const slow = await connect();
    const own = await slow.subscribe('/topic/slow');
    const octets = 'SEND\ndestination:/topic/slow\n\nslow\0';
    for (const [i, octet] of [...octets].entries()) {
      slow.rawFrame(octet);
      if (i % 10 === 0) await others();
    }
    expect((await own.next()).text).toBe('slow');
  });

  it('sends its handshake a byte at a time holds no session', async () => {
    await start();
    const socket = await tcp(nest.httpUrl);
    for (const octet of 'GET /stomp HTTP/1.1\r\nHost: x\r\n') socket.write(octet);
    await others();
    expect(server.sessions.size).toBe(1);
    socket.destroy();
  });

  it('is refused with a close code that may not be sent harms nobody', async () => {
    const refuse = (): never => {
      throw new StompException('bad token', { code: 'AUTH', closeCode: 401 });
    };
    await start({
      authenticate: (connect) => (connect.getLogin() === 'bad' ? refuse() : undefined),
    });
    const client = await open();
    client.frame('CONNECT', { 'accept-version': '1.2', host: '/', login: 'bad' });
    const { error, close } = await client.expectRefusal();
    expect([error.headers.message, close.code]).toEqual(['bad token', 1011]);
    await others();
  });

  it('never sends CONNECT is closed with 4500', async () => {
    await start({ timeToFirstMessage: 2000 });
    const silent = await open();
    await others();
    expect(await silent.closed()).toMatchObject({ code: 4500 });
  });

  it('sends a CONNECT that never ends is closed with 4500', async () => {
    await start({ timeToFirstMessage: 2000 });
    const silent = await open();
    silent.rawFrame('CONNECT\naccept-version:1.2\n');
    expect(await silent.closed()).toMatchObject({ code: 4500 });
  });

  it('sends 10,000 subscriptions gets an ERROR at the thousand and first', async () => {
    await start();
    const greedy = await connect();
    for (let id = 1; id <= 10_000; id++)
      greedy.frame('SUBSCRIBE', {
        id: String(id),
        destination: `/topic/${id}`,
        receipt: String(id),
      });
    let taken = 0;
    let frame = await greedy.nextFrame();
    for (; frame.command === 'RECEIPT'; frame = await greedy.nextFrame()) taken++;
    expect(taken).toBe(1000);
    expect(frame).toMatchObject({ command: 'ERROR', headers: { 'receipt-id': '1001' } });
    await greedy.closed();
    await others();
  });

  it('vanishes without a word is forgotten', async () => {
    await start();
    const client = await connect();
    await client.subscribe('/topic/all');
    await client.vanish();
    await none();
    await others();
  });

  it('is half-open, so that not even a ping is answered, is cut', async () => {
    await start({ pingIntervalMs: 300 });
    const client = await StompClient.open(url, { autoPong: false });
    await client.connect();
    await others();
    expect((await client.closed()).code).toBe(1006);
    await none();
    await others();
  });
});

function tcp(httpUrl: string): Promise<Socket> {
  const { hostname, port } = new URL(httpUrl);
  return new Promise((resolve) => {
    const socket = connectTcp(Number(port), hostname, () => resolve(socket));
  });
}
