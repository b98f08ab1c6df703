import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { Injectable, type INestApplication, type NestApplicationOptions } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  AuthenticationException,
  MessageMapping,
  SendToUser,
  simpleBroker,
  SimpMessagingTemplate,
  StompModule,
  SubscribeMapping,
} from 'nestjs-stomp';
import { StompExpectationException, StompTestClient, StompTestClock } from 'nestjs-stomp/testing';
import { WebSocketServer } from 'ws';

@Injectable()
class Greeter {
  @MessageMapping('greet')
  greet({ name }: { name: string }): string {
    return `Hello, ${name}!`;
  }

  @MessageMapping('add')
  @SendToUser('/queue/reply')
  add([a, b]: [number, number]): { sum: number } {
    return { sum: a + b };
  }

  @SubscribeMapping('init')
  init(): string {
    return 'hi';
  }
}

async function startApplication(options: NestApplicationOptions = {}): Promise<INestApplication> {
  const module = await Test.createTestingModule({
    imports: [
      StompModule.forRoot({
        endpoints: ['/stomp'],
        applicationDestinationPrefixes: ['/app'],
        brokers: [simpleBroker({ destinations: ['/topic', '/queue'] })],
        authenticate: (connect) => {
          if (connect.getLogin() === 'mallory')
            throw new AuthenticationException('Bad credentials');
          return connect.getLogin() ? { name: connect.getLogin()! } : undefined;
        },
      }),
    ],
    providers: [Greeter],
  }).compile();
  return module.createNestApplication({ logger: false, ...options });
}

describe.each(['in memory', 'over a socket'])('a test client %s', (way) => {
  let app: INestApplication;
  let target: INestApplication | string;
  const clients: StompTestClient[] = [];

  const connect = async (options = {}): Promise<StompTestClient> => {
    const client = await StompTestClient.connect(target, { timeoutMs: 5000, ...options });
    clients.push(client);
    return client;
  };

  beforeEach(async () => {
    app = await startApplication();
    if (way === 'in memory') target = await app.init();
    else {
      await app.listen(0, '127.0.0.1');
      target = `${(await app.getUrl()).replace('http', 'ws')}/stomp`;
    }
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.vanish();
    await app.close();
  });

  it('gets what it subscribed to', async () => {
    const client = await connect();
    const greetings = await client.subscribe('/topic/greet');
    client.send('/app/greet', { name: 'Ann' });
    expect((await greetings.next()).text).toBe('Hello, Ann!');
    await greetings.expectSilence();
  });

  it('answers a request', async () => {
    const client = await connect({ login: 'ann' });
    expect(client.userName).toBe('ann');
    expect((await client.request('/app/add', [1, 2])).json()).toEqual({ sum: 3 });
  });

  it('iterates over the messages of a subscription', async () => {
    const client = await connect();
    const ticks = await client.subscribe('/topic/tick');
    for (const n of [1, 2, 3]) app.get(SimpMessagingTemplate).convertAndSend('/topic/tick', n);
    const got: number[] = [];
    for await (const message of ticks) if (got.push(message.json()) === 3) break;
    expect(got).toEqual([1, 2, 3]);
  });

  it('fails with the frames of the session when an expectation does not hold', async () => {
    const client = await connect({ timeoutMs: 1000 });
    const nothing = await client.subscribe('/topic/nothing');
    const failure = await nothing.next().catch((error: Error) => error);
    expect(failure).toBeInstanceOf(StompExpectationException);
    expect((failure as Error).message).toMatch(
      /No message came to \/topic\/nothing[\s\S]*> SUBSCRIBE[\s\S]*< RECEIPT/,
    );
  });

  it('is refused like anybody, and shows no passcode', async () => {
    const refused = await StompTestClient.connect(target, {
      login: 'mallory',
      passcode: 'secret',
    }).catch((error: Error) => error);
    expect((refused as Error).message).toMatch(/CONNECT was refused: Bad credentials/);
    expect((refused as Error).message).not.toContain('secret');
  });

  it('sends raw octets, and gets the ERROR and the close', async () => {
    const client = await connect();
    client.rawFrame('SEND\nno colon\n\n\0');
    const { error, close } = await client.expectRefusal();
    expect(error.headers.message).toMatch(/header/i);
    expect(close.code).toBe(1002);
    expect(client.isClosed).toBe(true);
  });

  it('sends and receives octets that are no text', async () => {
    const client = await connect();
    const octets = await client.subscribe('/topic/octets');
    client.send('/topic/octets', Buffer.from([0xff, 0xfe]));
    expect((await octets.next()).body).toEqual(Buffer.from([0xff, 0xfe]));
  });

  it('sends a command that does not exist, and gets the ERROR', async () => {
    const client = await connect();
    client.frame('NONSENSE', { id: '1' }, 'text');
    const { error } = await client.expectRefusal();
    expect(error.headers.message).toContain('NONSENSE');
  });

  it('keeps what came before the end, and then does not wait for more', async () => {
    const client = await connect({ timeoutMs: 60_000 });
    const greetings = await client.subscribe('/topic/greet');
    await client.sendAndWait('/app/greet', { name: 'Ann' });
    const second = greetings.take(2);
    await Promise.all([expect(second).rejects.toThrow('closed with 1001'), app.close()]);
    await expect(greetings.next()).rejects.toThrow('closed with 1001');
    await expect(client.nextFrame()).rejects.toThrow('closed with 1001');
  });

  it('says what came when nothing was expected', async () => {
    const client = await connect();
    const greetings = await client.subscribe('/topic/greet');
    await client.expectSilence();
    await client.sendAndWait('/app/greet', { name: 'Ann' });
    expect(greetings.pending).toHaveLength(1);
    await expect(client.expectSilence()).rejects.toThrow('MESSAGE came, but nothing was expected');
    await expect(greetings.expectSilence()).rejects.toThrow('none was expected: Hello, Ann!');
  });

  it('says that the connection is open when it should not be', async () => {
    const client = await connect({ timeoutMs: 1000 });
    await expect(client.closed()).rejects.toThrow('not closed within 1000 ms');
    expect(client.isClosed).toBe(false);
  });

  it('says good-bye', async () => {
    const client = await connect();
    await client.disconnect();
    expect((await client.closed()).code).toBe(1000);
  });

  it('leaves while it is paused', async () => {
    const client = await connect();
    await client.subscribe('/topic/greet');
    client.pause();
    const other = await connect();
    await other.sendAndWait('/app/greet', { name: 'Ann' });
    await client.close();
    expect((await client.closed()).code).toBe(1000);
  });
});

it('does not wait longer than its time limit for a server that does not answer its close', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) => socket.pause());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = await StompTestClient.open(`ws://127.0.0.1:${port}`, { timeoutMs: 200 });
  await expect(client.close()).rejects.toThrow('not closed within 200 ms');
  await client.vanish();
  for (const socket of server.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

it('connects in memory to an application with httpsOptions, securely', async () => {
  const [cert, key] = ['server.pem', 'server.key'].map((name) =>
    readFileSync(new URL(`../transport/support/certificates/${name}`, import.meta.url)),
  );
  const app = await startApplication({ httpsOptions: { cert, key } });
  await app.init();
  const client = await StompTestClient.connect(app, { headers: { origin: 'https://localhost' } });
  const greetings = await client.subscribe('/topic/greet');
  client.send('/app/greet', { name: 'Ann' });
  expect((await greetings.next()).text).toBe('Hello, Ann!');
  await app.close();
});

it('says what is missing when the application has not started, or has another endpoint', async () => {
  const app = await startApplication();
  await expect(StompTestClient.connect(app)).rejects.toThrow('await app.init() first');
  await app.init();
  await expect(StompTestClient.connect(app, { path: '/chat' })).rejects.toThrow(
    'no endpoint /chat (404)',
  );
  await app.close();
});

describe('a test clock', () => {
  it('moves the time of all instances of an application', async () => {
    const imports = ['a', 'b'].map((name) =>
      StompModule.forRoot({ name, endpoints: [`/${name}`], brokers: [simpleBroker()] }),
    );
    const module = await Test.createTestingModule({ imports }).compile();
    const app = await module.createNestApplication({ logger: false }).init();
    const clock = new StompTestClock(app);
    try {
      for (const path of ['/a', '/b']) {
        const client = await StompTestClient.connect(app, { path, heartbeat: [0, 10_000] });
        await clock.advance(11_000);
        expect(client.heartbeats).toBeGreaterThanOrEqual(1);
      }
    } finally {
      clock.restore();
      await app.close();
    }
  });

  it('moves the time of heart-beats', async () => {
    const app = await (await startApplication()).init();
    const clock = new StompTestClock(app);
    try {
      const listening = await StompTestClient.connect(app, { heartbeat: [0, 10_000] });
      const promising = await StompTestClient.open(app, { heartbeat: [10_000, 0] });
      promising.frame('CONNECT', { 'accept-version': '1.2', host: 'x', 'heart-beat': '10000,0' });
      await promising.nextFrame();
      await clock.advance(31_000);
      expect(listening.heartbeats).toBeGreaterThanOrEqual(2);
      expect((await promising.closed()).code).toBe(1002);
      await listening.vanish();
    } finally {
      clock.restore();
      await app.close();
    }
  });

  it('lets clients send the heart-beats that they promised', async () => {
    const app = await (await startApplication()).init();
    const clock = new StompTestClock(app);
    try {
      const client = await StompTestClient.connect(app, { heartbeat: [10_000, 10_000] });
      await clock.advance(120_000);
      expect(client.isClosed).toBe(false);
      await client.settle();
      await client.vanish();
    } finally {
      clock.restore();
      await app.close();
    }
  });

  it('adds to the time of others, and gives it back in any order', async () => {
    const sinceStart: { now: () => number } = performance;
    const [dateNow, sinceStartNow] = [Date.now, sinceStart.now];
    const app = await (await startApplication()).init();
    const [one, other] = [new StompTestClock(app), new StompTestClock(app)];
    await one.advance(1000);
    await other.advance(3000);
    one.restore();
    one.restore();
    expect(Math.round((Date.now() - dateNow()) / 1000)).toBe(3);
    other.restore();
    expect([Date.now, sinceStart.now]).toEqual([dateNow, sinceStartNow]);
    await app.close();
  });
});
