import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import {
  SimpMessagingTemplate,
  stompBrokerRelay,
  StompEvents,
  StompModule,
  type StompBrokerRelay,
  type StompBrokerRelayOptions,
} from 'nestjs-stomp';
import { firstFree, RealBroker } from '../../brokers/real-broker.js';
import { rabbitMq } from '../../brokers/rabbitmq.js';
import { startNest, type RunningNest } from '../../support/nest-application.js';
import { StompClient } from '../../support/stomp-client.js';
import { TcpProxy } from './tcp-proxy.js';
import { until } from '../../support/until.js';

const kind = await firstFree(rabbitMq(29), rabbitMq(20));

describe('a relay in trouble', () => {
  let broker: RealBroker;
  let proxy: TcpProxy;
  let nest: RunningNest | undefined;
  let relay: StompBrokerRelay;
  let hosts: string[];
  const clients: StompClient[] = [];

  async function start(options: StompBrokerRelayOptions = {}): Promise<void> {
    relay = stompBrokerRelay({
      port: proxy.port,
      destinations: ['/topic', '/queue'],
      reconnectDelayMs: 100,
      ...options,
    });
    nest = await startNest({
      imports: [StompModule.forRoot({ endpoints: ['/stomp'], brokers: [relay] })],
    });
    hosts = [];
    nest.app.get(StompEvents).on('brokerAvailability', ({ host }) => hosts.push(String(host)));
  }

  async function open(): Promise<StompClient> {
    const client = await StompClient.open(`${nest!.wsUrl}/stomp`);
    clients.push(client);
    return client;
  }

  async function connect(): Promise<StompClient> {
    const client = await open();
    const { command, text } = await client.connect();
    if (command !== 'CONNECTED') throw new Error(text);
    return client;
  }

  const available = (): Promise<void> => until(() => relay.available);

  beforeAll(async () => {
    broker = await RealBroker.start(kind);
  }, 120_000);

  afterAll(() => broker.stop(), 120_000);

  beforeEach(async () => {
    proxy = await TcpProxy.start(kind.port);
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.terminate();
    await nest?.app.close();
    nest = undefined;
    await proxy.stop();
  }, 30_000);

  const impatient: StompBrokerRelayOptions = {
    systemHeartbeatSendInterval: 200,
    systemHeartbeatReceiveInterval: 200,
    connectTimeoutMs: 2000,
  };
  const harms: [what: string, harm: () => void][] = [
    ['drops', () => proxy.drop()],
    ['is cut in the middle of a frame', () => void (proxy.cutNext = true)],
    ['freezes', () => void (proxy.frozen = true)],
  ];

  it.each(harms)('tells its clients and heals when the network %s', async (_what, harm) => {
    await start(impatient);
    await available();
    const client = await open();
    await client.connect({ 'heart-beat': '200,200' });
    const beat = setInterval(() => client.raw('\n'), 100);
    await client.subscribe('/topic/harm');
    harm();
    if (proxy.cutNext) client.send('/topic/harm', 'x'.repeat(1000));
    expect((await client.refused()).headers.message).toMatch(/onnect|No messages|Transport/);
    clearInterval(beat);
    proxy.frozen = false;
    await available();
    const again = await connect();
    await again.subscribe('/topic/harm');
    await nest!.app.get(SimpMessagingTemplate).convertAndSendAsync('/topic/harm', 'healed');
    expect((await again.message()).text).toBe('healed');
  });

  it('tells a client that wants no heart-beats, and gets none, of a broker that is silent', async () => {
    await start(impatient);
    await available();
    const client = await open();
    expect((await client.connect()).headers['heart-beat']).toBe('0,0');
    proxy.frozen = true;
    // RabbitMQ, which hears nothing either, may close first.
    expect((await client.refused()).headers.message).toMatch(/No messages|closed/);
    expect(client.heartbeats).toBe(0);
  });

  it.each(harms)('keeps shared subscriptions when the network %s', async (_what, harm) => {
    await start({ connections: 'shared', ...impatient });
    await available();
    const client = await connect();
    await client.subscribe('/topic/kept');
    harm();
    if (proxy.cutNext)
      nest!.app.get(SimpMessagingTemplate).convertAndSend('/topic/kept', 'x'.repeat(1000));
    await until(() => !relay.available);
    proxy.frozen = false;
    await available();
    await client.receipt('SEND', { destination: '/topic/kept' }, 'healed');
    expect((await client.message()).text).toBe('healed');
  });

  it('waits for a busy broker again and again, and keeps nothing of it', async () => {
    const sockets: Socket[] = [];
    const note = (event: unknown): void => void sockets.push((event as { socket: Socket }).socket);
    subscribe('net.client.socket', note);
    await start();
    await available();
    const client = await connect();
    unsubscribe('net.client.socket', note);
    const listeners = (): number[] => sockets.map((socket) => socket.listenerCount('close'));
    const before = listeners();
    for (let n = 0; n < 20; n++)
      await client.receipt('SEND', { destination: '/topic/large' }, 'x'.repeat(60_000));
    expect(listeners()).toEqual(before);
  });

  it('costs only the client that names what the broker refuses its connection', async () => {
    await start({ connections: 'shared' });
    await available();
    const [bad, good] = [await connect(), await connect()];
    await good.subscribe('/topic/fine');
    bad.send('/topic/a/b', 'x');
    const error = await bad.refused();
    expect(error.text).toContain("RabbitMQ takes no '/' in names: write 'a.b'");
    await good.receipt('SEND', { destination: '/topic/fine' }, 'still here');
    expect((await good.message()).text).toBe('still here');
    expect(hosts).toEqual([`127.0.0.1:${proxy.port}`]);
  });

  it('costs the others their connection only once for a topic that its login may not read', async () => {
    await broker.control('set_topic_permissions', 'guest', 'amq.topic', '.*', '^(?!closed)');
    try {
      await start({ connections: 'shared' });
      await available();
      const good = await connect();
      await good.subscribe('/topic/fine');
      for (let n = 0; n < 3; n++) {
        const bad = await connect();
        bad.frame('SUBSCRIBE', { id: '1', destination: '/topic/closed.a' });
        expect((await bad.refused()).headers.message).toBe('access_refused');
        await until(() => hosts.length === 3 && relay.available);
      }
      await good.receipt('SEND', { destination: '/topic/fine' }, 'still here');
      expect((await good.message()).text).toBe('still here');
      expect(hosts).toHaveLength(3);
    } finally {
      await broker.control('clear_topic_permissions', 'guest');
    }
  }, 60_000);

  it('costs nobody a connection when the application names what RabbitMQ refuses', async () => {
    await start();
    await available();
    const client = await connect();
    await client.subscribe('/topic/fine');
    const template = nest!.app.get(SimpMessagingTemplate);
    for (const bad of [
      ...['/topic/a/b', '/topic/', '/queue/a/', '/topic'],
      ...['/queue/amq.foo', '/topics/a', '/queue-a'],
    ])
      await expect(template.convertAndSendAsync(bad, 'x')).rejects.toThrow(
        `RabbitMQ takes no destination "${bad}"`,
      );
    await template.convertAndSendAsync('/topic/fine', 'still here');
    expect((await client.message()).text).toBe('still here');
    expect(hosts).toHaveLength(1);
  });

  it.each([
    ...[{ priority: 'high' }, { timestamp: 'now' }, { expiration: '-1' }, { 'user-id': 'ann' }],
    ...[{ transaction: 't' }, { 'message-id': '1' }, { CC: 'a' }, { BCC: 'a' }],
    ...[{ 'reply-to': '/queue/a/b' }, { 'x-message-ttl': 'long' }, { 'x-message-ttl': '-1' }],
    ...[{ 'x-expires': '0' }, { 'x-expires': '-1' }, { 'x-max-length': '-1' }],
    ...[{ 'x-max-length-bytes': 'a' }, { 'x-max-length-bytes': '-1' }, { durable: 'foo' }],
    ...[{ 'x-max-priority': 'a' }, { 'x-max-priority': '-1' }, { 'x-max-priority': '256' }],
    ...[{ 'x-queue-type': 'foo' }, { persistent: 'foo' }, { expiration: '9'.repeat(20) }],
    ...[{ 'x-message-ttl': '315360000001' }, { 'x-expires': '315360000001' }],
  ])('costs nobody a connection when the application gives %j', async (headers) => {
    await start();
    await available();
    const template = nest!.app.get(SimpMessagingTemplate);
    await expect(template.convertAndSendAsync('/queue/fine', 'x', { headers })).rejects.toThrow(
      'RabbitMQ takes no header',
    );
    await template.convertAndSendAsync('/topic/fine', 'x');
    expect(hosts).toHaveLength(1);
  });

  it.each([
    { 'x-message-ttl': '0', 'x-expires': '1', expiration: '0' },
    { 'x-message-ttl': '315360000000', 'x-expires': '315360000000', expiration: '315360000000' },
    { 'x-max-length': '0', 'x-max-length-bytes': '0', 'x-max-priority': '255' },
    { 'x-queue-type': 'quorum', durable: 'true', persistent: 'true' },
  ])('passes on %j', async (headers) => {
    await start();
    await available();
    const template = nest!.app.get(SimpMessagingTemplate);
    await template.convertAndSendAsync(`/queue/with-${JSON.stringify(headers)}`, 'x', { headers });
    expect(hosts).toHaveLength(1);
  });

  it.each([
    ['/topic/a', { durable: 'foo', 'x-queue-type': 'foo', 'x-max-length': '-1', persistent: 'x' }],
    ['/exchange/amq.topic/a', { durable: 'foo', 'x-expires': '0' }],
  ])('passes on to %s what counts for queues only', async (destination, headers) => {
    await start();
    await available();
    const template = nest!.app.get(SimpMessagingTemplate);
    await template.convertAndSendAsync(destination, 'x', { headers });
    expect(hosts).toHaveLength(1);
  });

  it('passes on headers as RabbitMQ wants them', async () => {
    await start();
    await available();
    const headers = {
      ...{ priority: '5', timestamp: '1', expiration: '60000', 'user-id': 'guest' },
      ...{ 'reply-to': '/temp-queue/answers', 'x-message-ttl': '60000' },
    };
    const template = nest!.app.get(SimpMessagingTemplate);
    await template.convertAndSendAsync('/queue/headers', 'x', { headers });
    expect(hosts).toHaveLength(1);
  });

  it('keeps its connection when who subscribed for the application throws', async () => {
    await start();
    await available();
    let heard = 0;
    relay.subscribeSystem('/topic/heard', () => {
      heard++;
      throw new Error('not mine');
    });
    const template = nest!.app.get(SimpMessagingTemplate);
    for (let sent = 1; sent <= 2; sent++) {
      await template.convertAndSendAsync('/topic/heard', 'x');
      await until(() => heard === sent);
    }
    expect(hosts).toHaveLength(1);
  });

  it('lets shared clients leave topics while the broker is away', async () => {
    await start({ connections: 'shared', connectTimeoutMs: 200 });
    await available();
    const client = await connect();
    await client.subscribe('/topic/left', 'left');
    await client.subscribe('/topic/kept', 'kept');
    proxy.frozen = true;
    proxy.drop();
    await until(() => !relay.available);
    await client.receipt('UNSUBSCRIBE', { id: 'left' });
    proxy.frozen = false;
    await available();
    for (const name of ['left', 'kept'])
      await client.receipt('SEND', { destination: `/topic/${name}` }, name);
    expect((await client.message()).text).toBe('kept');
    expect([client.pending, relay.sharedSubscriptions]).toEqual([[], 1]);
  });

  it('tells the client when the broker refuses its login', async () => {
    await start({ clientPasscode: 'wrong' });
    await available();
    const client = await open();
    expect((await client.connect()).command).toBe('ERROR');
    await client.closed();
  });

  it('is not available at a virtual host that is not there', async () => {
    await start({ virtualHost: 'nowhere' });
    await until(() => proxy.accepted >= 2);
    expect(relay.available).toBe(false);
    expect((await (await open()).connect()).headers.message).toBe('Broker not available.');
  });

  it.each([
    ['login', { systemPasscode: 'wrong' }, 'Bad CONNECT: Access refused for user'],
    ['virtual host', { virtualHost: 'nowhere' }, 'Bad CONNECT: Virtual host'],
  ])('says in the log what the broker has against the %s', async (_what, options, reason) => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    await start(options);
    await until(() => warn.mock.calls.length > 0);
    expect(warn.mock.calls[0]![0]).toContain(reason);
    warn.mockRestore();
  });

  it('gives up a broker that does not say CONNECTED in time', async () => {
    proxy.frozen = true;
    await start({ connectTimeoutMs: 100 });
    await until(() => proxy.accepted >= 2);
    proxy.frozen = false;
    await available();
  });

  it('goes to the next of several hosts, with its clients, and names it', async () => {
    const gone = await TcpProxy.start(kind.port);
    const { port } = gone;
    await gone.stop();
    const host = '127.0.0.1';
    await start({
      hosts: [
        { host, port },
        { host, port: proxy.port },
      ],
    });
    await available();
    await connect();
    expect(hosts).toEqual([`127.0.0.1:${proxy.port}`]);
  });

  it('asks a function for the host at every attempt', async () => {
    let asked = 0;
    await start({ hosts: () => ({ host: '127.0.0.1', port: ++asked > 1 ? proxy.port : 1 }) });
    await available();
    expect(asked).toBe(2);
  });

  it('keeps messages of the application while the broker is away, if told to', async () => {
    proxy.frozen = true;
    await start({ connectTimeoutMs: 2000, maxBufferedMessages: 1 });
    const template = nest!.app.get(SimpMessagingTemplate);
    const kept = template.convertAndSendAsync('/queue/kept', 'one');
    expect(() => template.convertAndSend('/queue/kept', 'two')).toThrow(/not active/);
    proxy.frozen = false;
    await kept;
    await available();
    const reader = await connect();
    await reader.subscribe('/queue/kept');
    expect((await reader.message()).text).toBe('one');
  });

  it('sends what it kept as fast as the broker takes it, in order, and new messages behind', async () => {
    proxy.frozen = true;
    await start({ connectTimeoutMs: 2000, maxBufferedMessages: 200, maxBufferBytes: 100_000 });
    const template = nest!.app.get(SimpMessagingTemplate);
    const sent = Array.from({ length: 100 }, (_, n) => String(n));
    for (const text of sent) template.convertAndSend('/queue/many', text.padEnd(10_000));
    nest!.app
      .get(StompEvents)
      .on('brokerAvailability', () => template.convertAndSend('/queue/many', 'new'));
    proxy.frozen = false;
    await available();
    const reader = await connect();
    await reader.subscribe('/queue/many');
    const got = await reader.messages(sent.length + 1);
    expect(got.map(({ text }) => text.trim())).toEqual([...sent, 'new']);
    expect(relay.bufferedMessages).toBe(0);
  });

  it('refuses what is sent when it has stopped, and keeps nothing', async () => {
    await start({ maxBufferedMessages: 10 });
    await available();
    await relay.stop();
    const late = nest!.app.get(SimpMessagingTemplate).convertAndSendAsync('/topic/late', 'x');
    await expect(late).rejects.toThrow("Message broker 'relay' has stopped.");
    expect(relay.bufferedMessages).toBe(0);
  });

  it('serves 500 clients of 50 topics with three connections and 50 subscriptions', async () => {
    await start({ connections: 'shared' });
    await available();
    const all = await Promise.all(Array.from({ length: 500 }, connect));
    await Promise.all(all.map((client, n) => client.subscribe(`/topic/many.${n % 50}`)));
    expect([relay.sharedSubscriptions, relay.clientConnections, proxy.accepted]).toEqual([
      50, 0, 3,
    ]);
    const template = nest!.app.get(SimpMessagingTemplate);
    await template.convertAndSendAsync('/topic/many.7', 'to ten');
    await Promise.all(all.filter((_, n) => n % 50 === 7).map((client) => client.message()));
    expect(all.filter((client) => client.pending.length > 0)).toEqual([]);
    for (const client of all) client.socket.terminate();
    await until(() => relay.sharedSubscriptions === 0);
  }, 120_000);
});
