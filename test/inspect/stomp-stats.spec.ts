import { setTimeout as delay } from 'node:timers/promises';
import { Controller, type INestApplication } from '@nestjs/common';
import {
  getStompToken,
  type Message,
  MessageExceptionHandler,
  MessageMapping,
  SendToUser,
  simpleBroker,
  stompBrokerRelay,
  StompCommand,
  StompModule,
  StompStats,
  type StompModuleOptions,
  type StompStatsSnapshot,
} from 'nestjs-stomp';
import { StompTestClient } from 'nestjs-stomp/testing';
import { startNest } from '../support/nest-application.js';

@Controller()
class WorkController {
  @MessageMapping('/echo')
  echo(text: string): string {
    return text;
  }

  @MessageMapping('/later')
  async later(text: string): Promise<string> {
    await delay(5);
    return text;
  }

  @MessageMapping('/fails')
  fails(): void {
    throw new Error('as it should');
  }

  @MessageExceptionHandler()
  @SendToUser('/queue/errors')
  failed(error: Error): string {
    return error.message;
  }
}

const DESTINATIONS = ['/topic', '/queue'];

describe('StompStats', () => {
  let app: INestApplication;
  let stats: StompStats;

  async function start(options: StompModuleOptions = {}): Promise<void> {
    const running = await startNest({
      imports: [
        StompModule.forRoot({
          endpoints: [{ path: '/stomp', sockJs: true }],
          applicationDestinationPrefixes: ['/app'],
          brokers: [simpleBroker({ destinations: DESTINATIONS, queues: ['/queue/work'] })],
          ...options,
        }),
      ],
      controllers: [WorkController],
    });
    app = running.app;
    stats = app.get(getStompToken(StompStats, options.name));
  }

  /** What `what` says, once it is so: connections and handlers end a little after their client knows. */
  async function until(holds: (snapshot: StompStatsSnapshot) => boolean) {
    for (const giveUp = Date.now() + 5000; Date.now() < giveUp; await delay(5))
      if (holds(stats.snapshot())) break;
    return stats.snapshot();
  }

  const of = (snapshot: StompStatsSnapshot, handler: string) =>
    snapshot.handlers.each.find((one) => one.handler === `WorkController.${handler}`)!;

  afterEach(() => app.close());

  it('is all zero when nobody has come', async () => {
    await start();
    const snapshot = stats.snapshot();
    expect(snapshot.instance).toBe('default');
    expect(snapshot.sessions).toEqual({
      current: 0,
      connected: 0,
      total: 0,
      byTransport: {},
      closedAbnormally: { total: 0, noConnect: 0, slow: 0, transportError: 0 },
      closedByCode: {},
      readTimeouts: 0,
      connectTimeouts: 0,
      expired: 0,
    });
    expect(snapshot.handlers.each.map((one) => one.handler)).toEqual([
      'WorkController.echo',
      'WorkController.later',
      'WorkController.fails',
    ]);
  });

  it('counts sessions by transport, and those with CONNECTED apart', async () => {
    await start();
    const connected = await StompTestClient.connect(app);
    await StompTestClient.open(app);
    await StompTestClient.open(app, { path: '/stomp/websocket' });
    const { sessions, timers } = await until((one) => one.sessions.current === 3);
    expect(sessions).toMatchObject({ current: 3, connected: 1, total: 3 });
    expect(sessions.byTransport).toEqual({ websocket: { current: 3, total: 3 } });
    expect(timers).toBeGreaterThan(0);
    await connected.disconnect();
    const after = await until((one) => one.sessions.connected === 0);
    expect(after.sessions).toMatchObject({ current: 2, connected: 0, total: 3 });
  });

  it('tells apart sessions that ended without CONNECTED, and those that were lost', async () => {
    await start();
    await (await StompTestClient.open(app)).vanish();
    await (await StompTestClient.connect(app)).vanish();
    await (await StompTestClient.connect(app)).disconnect();
    const { sessions } = await until((one) => one.sessions.current === 0);
    expect(sessions.closedAbnormally).toEqual({
      total: 2,
      noConnect: 1,
      slow: 0,
      transportError: 1,
    });
    expect(sessions.closedByCode).toEqual({ 1000: 1, 1006: 2 });
  });

  it('counts frames by command and octets, both ways', async () => {
    await start();
    const client = await StompTestClient.connect(app);
    const messages = await client.subscribe('/topic/a');
    client.send('/topic/a', 'hello');
    await messages.next();
    const { inbound, outbound, subscriptions } = stats.snapshot();
    expect(inbound.frames).toMatchObject({ CONNECT: 1, SUBSCRIBE: 1, SEND: 1, ACK: 0 });
    expect(outbound.frames).toMatchObject({ CONNECTED: 1, RECEIPT: 1, MESSAGE: 1, ERROR: 0 });
    expect(inbound.bytes).toBeGreaterThan(100);
    expect(outbound.bytes).toBeGreaterThan(100);
    expect(subscriptions).toBe(1);
  });

  it('counts calls, failures and durations of each handler', async () => {
    await start();
    const client = await StompTestClient.connect(app);
    for (let i = 0; i < 3; i++) client.send('/app/echo', 'x');
    client.send('/app/later', 'x');
    client.send('/app/fails', 'x');
    const snapshot = await until((one) => of(one, 'later').durations.count === 1);
    expect(snapshot.handlers).toMatchObject({ invocations: 5, failures: 1, running: 0 });
    expect(of(snapshot, 'echo')).toMatchObject({ invocations: 3, failures: 0 });
    expect(of(snapshot, 'fails')).toMatchObject({ invocations: 1, failures: 1 });
    const { sumMs, maxMs, buckets } = of(snapshot, 'later').durations;
    expect(maxMs).toBe(sumMs);
    expect(maxMs).toBeGreaterThan(1);
    expect(buckets.at(-1)).toEqual({ leMs: Number.POSITIVE_INFINITY, count: 1 });
    expect(buckets.filter(({ count }) => count === 0).map(({ leMs }) => leMs)).toContain(1);
  });

  it('measures every call once somebody has looked, and one in sixteen before', async () => {
    await start();
    const client = await StompTestClient.connect(app);
    for (let i = 0; i < 20; i++) client.send('/app/echo', 'x');
    await client.sendAndWait('/app/echo', 'x');
    expect(of(stats.snapshot(), 'echo')).toMatchObject({
      invocations: 21,
      durations: { count: 2 },
    });
    for (let i = 0; i < 9; i++) client.send('/app/echo', 'x');
    await client.sendAndWait('/app/echo', 'x');
    expect(of(stats.snapshot(), 'echo')).toMatchObject({
      invocations: 31,
      durations: { count: 12 },
    });
  });

  it('shows what the simple broker holds', async () => {
    await start();
    const client = await StompTestClient.connect(app);
    await client.sendAndWait('/queue/work/1', 'waits');
    const [broker] = stats.snapshot().brokers;
    expect(broker).toMatchObject({
      name: 'simple',
      available: true,
      simple: { sessions: 1, queues: 1, queuedMessages: 1, published: 1 },
    });
  });

  it('counts users and anonymous sessions', async () => {
    await start({
      authenticate: (connect) => {
        const login = connect.getLogin();
        return login === undefined ? undefined : { name: login };
      },
    });
    await StompTestClient.connect(app, { login: 'ada' });
    await StompTestClient.connect(app, { login: 'ada' });
    await StompTestClient.connect(app);
    expect(stats.snapshot().users).toEqual({ users: 1, anonymousSessions: 1 });
  });

  it('counts what interceptors drop', async () => {
    await start({ clientInboundChannel: { interceptors: [{ preSend: dropSend }] } });
    const client = await StompTestClient.connect(app);
    client.send('/topic/a', 'never');
    await client.subscribe('/topic/a');
    expect(stats.snapshot().messages).toMatchObject({ dropped: 1, errors: 0, inFlight: 0 });
  });

  it('has gauges at zero when all have left', async () => {
    await start();
    const clients = await Promise.all(
      Array.from({ length: 5 }, () => StompTestClient.connect(app)),
    );
    for (const client of clients) {
      await client.subscribe('/topic/a');
      client.send('/app/echo', 'x');
    }
    for (const client of clients) await client.vanish();
    const snapshot = await until((one) => one.sessions.current + one.timers === 0);
    expect(snapshot).toMatchObject({
      sessions: { current: 0, connected: 0, byTransport: { websocket: { current: 0, total: 5 } } },
      subscriptions: 0,
      timers: 0,
      sendBuffers: { bytes: 0, largestBytes: 0 },
      messages: { inFlight: 0 },
      handlers: { running: 0, streams: 0 },
      users: { users: 0, anonymousSessions: 0 },
    });
    expect(snapshot.brokers[0]!.simple).toMatchObject({ sessions: 0, subscriptions: 0 });
  });

  it('is there for a named instance, without any endpoint', async () => {
    await start({ name: 'second', endpoints: [] });
    expect(stats.snapshot()).toMatchObject({ instance: 'second', sessions: { total: 0 } });
  });
});

it('two brokers of one name do not start', () => {
  const relay = (port: number) => stompBrokerRelay({ destinations: [`/${port}`], port });
  const start = () =>
    startNest({ imports: [StompModule.forRoot({ brokers: [relay(1), relay(2)] })] });
  return expect(start()).rejects.toMatchObject({
    code: 'STOMP_ERR_OPTION',
    message: expect.stringContaining('Two brokers have the name "relay"'),
  });
});

function dropSend(message: Message): Message | null {
  return message.headers.command === StompCommand.SEND ? null : message;
}
