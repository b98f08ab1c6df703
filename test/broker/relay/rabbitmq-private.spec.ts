import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Inject } from '@nestjs/common';
import {
  RegistryUserDestinationResolver,
  SimpMessagingTemplate,
  SimpUserRegistry,
  stompBrokerRelay,
  StompEvents,
  StompModule,
  type StompBrokerRelay,
  type StompBrokerRelayOptions,
  type StompModuleOptions,
} from 'nestjs-stomp';
import { firstFree, pause, RealBroker } from '../../brokers/real-broker.js';
import { rabbitMq } from '../../brokers/rabbitmq.js';
import { startNest, type RunningNest } from '../../support/nest-application.js';
import { StompClient } from '../../support/stomp-client.js';
import { until } from '../../support/until.js';

const CERTIFICATES = new URL('../../transport/support/certificates/', import.meta.url);
const file = (name: string): string => fileURLToPath(new URL(name, CERTIFICATES));
const pem = (name: string): Buffer => readFileSync(file(name));

const MODES = ['per-client', 'shared'] as const;
const certificates = { ca: file('ca.pem'), cert: file('server.pem'), key: file('server.key') };
const kind = await firstFree(rabbitMq(31, certificates), rabbitMq(18, certificates));

let broker: RealBroker;
let nest: RunningNest;
let relay: StompBrokerRelay;
const clients: StompClient[] = [];

async function start(
  options: StompBrokerRelayOptions,
  more: Partial<StompModuleOptions> = {},
): Promise<void> {
  relay = stompBrokerRelay({
    destinations: ['/topic', '/queue'],
    reconnectDelayMs: 100,
    ...options,
  });
  const stomp = StompModule.forRoot({
    endpoints: ['/stomp'],
    brokers: [relay],
    authenticate: (frame) => ({ name: frame.getLogin() ?? 'nobody' }),
    ...more,
  });
  nest = await startNest({ imports: [stomp] });
}

async function connect(login = 'ann'): Promise<StompClient> {
  const client = await StompClient.connect(`${nest.wsUrl}/stomp`, { login });
  clients.push(client);
  return client;
}

async function stop(): Promise<void> {
  await Promise.all(clients.splice(0).map((client) => client.vanish()));
  await nest.app.close();
}

beforeAll(async () => {
  broker = await RealBroker.start(kind);
}, 120_000);

afterAll(() => broker.stop(), 120_000);

describe('a relay to RabbitMQ over TLS', () => {
  const port = kind.port + 1;
  const ca = pem('ca.pem');
  const own = { ca, cert: pem('client.pem'), key: pem('client.key') };

  afterEach(stop, 30_000);

  it.each(MODES)('serves clients and the application, %s', async (connections) => {
    await start({ port, tls: own, connections });
    await until(() => relay.available);
    const client = await connect();
    await client.subscribe('/topic/tls');
    await client.subscribe('/queue/tls', '2', { ack: 'client' });
    await client.receipt('SEND', { destination: '/topic/tls' }, 'x'.repeat(50_000));
    expect((await client.message()).body).toHaveLength(50_000);
    await nest.app.get(SimpMessagingTemplate).convertAndSendAsync('/queue/tls', 'work');
    const { headers, text } = await client.message();
    expect(text).toBe('work');
    await client.receipt('ACK', { id: headers.ack! });
  });

  it.each([
    ['whose authority it does not know', { ...own, ca: undefined }],
    [
      'that does not know its own authority',
      { ca, cert: pem('stranger.pem'), key: pem('stranger.key') },
    ],
    ['that wants a certificate, when it has none', { ca }],
  ])('does not get to a broker %s', async (_what, tls) => {
    let attempts = 0;
    const hosts = () => {
      attempts++;
      return { host: '127.0.0.1', port };
    };
    await start({ hosts, tls });
    await until(() => attempts >= 3);
    expect(relay.available).toBe(false);
  });
});

describe('queues of users in RabbitMQ', () => {
  const USERS = ['ann', 'bob', 'carol', 'dan', 'eve'];

  afterEach(stop, 30_000);

  async function queues(): Promise<string[]> {
    const names = await broker.control('list_queues', 'name', '--no-table-headers');
    return names.split('\n').filter((name) => name.startsWith('mail-user'));
  }

  /** Every user subscribes, gets a message, and is gone. */
  async function comeAndGo(): Promise<void> {
    const template = nest.app.get(SimpMessagingTemplate);
    for (const user of USERS) {
      const client = await connect(user);
      await client.subscribe('/user/queue/mail');
      await template.convertAndSendToUserAsync(user, '/queue/mail', 'letter');
      expect((await client.message()).text).toBe('letter');
      await client.vanish();
    }
  }

  it.each(MODES)(
    'are gone when their sessions are, %s',
    async (connections) => {
      await start({ port: kind.port, connections });
      await until(() => relay.available);
      const listening = await connect('zoe');
      await listening.subscribe('/user/queue/mail');
      await comeAndGo();
      for (let left = await queues(); left.length > 1; left = await queues()) await pause(100);
      await listening.vanish();
      while ((await queues()).length > 0) await pause(100);
    },
    60_000,
  );

  it('expire when nobody ever reads them', async () => {
    await start({ port: kind.port });
    await until(() => relay.available);
    await connect('deaf');
    const template = nest.app.get(SimpMessagingTemplate);
    await template.convertAndSendToUserAsync('deaf', '/queue/unread', 'letter');
    const listed = await broker.control('list_queues', 'name', 'arguments', '--no-table-headers');
    expect(listed).toMatch(/unread-user.*expires.*60000/i);
  }, 120_000);

  it('stay when the option is off', async () => {
    await start({ port: kind.port, userDestinationHeaders: false });
    await until(() => relay.available);
    await comeAndGo();
    expect(await queues()).toHaveLength(USERS.length);
  }, 120_000);
});

class NamesOfOurs extends RegistryUserDestinationResolver {
  constructor(@Inject(SimpUserRegistry) registry: SimpUserRegistry) {
    super(registry);
  }

  protected override targetDestination(destination: string, sessionId: string): string {
    return `${destination}.of.${sessionId}`;
  }
}

describe('user destinations with names of the application’s own in RabbitMQ', () => {
  afterEach(stop, 30_000);

  it.each(MODES)('reach nobody else by wildcards, %s', async (connections) => {
    await start({ port: kind.port, connections }, { userDestinationResolver: NamesOfOurs });
    await until(() => relay.available);
    const [bob, eve, mallory] = [await connect('bob'), await connect('eve'), await connect('eve')];
    await bob.subscribe('/user/topic/n');
    await eve.subscribe('/topic/#');
    await mallory.subscribe('/topic/#', '1', { ack: 'client' });
    const template = nest.app.get(SimpMessagingTemplate);
    await template.convertAndSendToUserAsync('bob', '/topic/n', 'secret');
    await template.convertAndSendAsync('/topic/open', 'open');
    for (const client of [eve, mallory]) expect((await client.message()).text).toBe('open');
    const { headers, text } = await bob.message();
    expect([text, headers.destination]).toEqual(['secret', '/user/topic/n']);
    expect(Object.keys(headers)).not.toContain('stomp-target-session');
  });
});

describe('properties of queues in RabbitMQ', () => {
  afterEach(stop, 30_000);

  /** A client says a frame; then the application sends to the same place. Gives what became of the client. */
  async function said(
    [command, destination]: readonly [string, string],
    headers: Record<string, string>,
  ): Promise<string> {
    await until(() => relay.available);
    let losses = 0;
    nest.app.get(StompEvents).on('brokerAvailability', ({ available }) => {
      if (!available) losses++;
    });
    const client = await connect();
    const told = await client
      .receipt(command, { id: '1', destination, ...headers })
      .then(() => 'taken', String);
    const place = destination.replace('/user/ann/', '/user/').replace('/user/', '/user/ann/');
    const sent = await nest.app
      .get(SimpMessagingTemplate)
      .convertAndSendAsync(place, 'x')
      .then(() => true, String);
    expect([sent, losses]).toEqual([true, 0]);
    return told;
  }

  const FRAMES = [
    ['SUBSCRIBE', '/user/queue/made'],
    ['SEND', '/user/ann/queue/made'],
    ['SUBSCRIBE', '/queue/made'],
    ['SEND', '/queue/made'],
  ] as const;
  const PROPERTIES: Record<string, string>[] = [
    ...[{ 'x-message-ttl': '1000' }, { 'x-max-length': '1' }, { 'x-max-priority': '3' }],
    ...[{ 'auto-delete': 'true' }, { durable: 'false' }, { exclusive: 'true' }],
  ];

  it.each(PROPERTIES)(
    'are not for clients to choose where the application sends: %j',
    async (headers) => {
      await start({ port: kind.port, userDestinationHeaders: false });
      for (const frame of FRAMES)
        expect(await said(frame, headers)).toContain('not open to clients');
    },
  );

  it('are for clients to choose when the option says so, but not those of users’ queues', async () => {
    await start({ port: kind.port, allowQueueHeaders: true });
    await until(() => relay.available);
    const client = await connect();
    const headers = { 'x-max-length': '1', 'auto-delete': 'true' };
    await client.subscribe('/queue/chosen', '1', headers);
    expect(await said(['SUBSCRIBE', '/user/queue/made'], headers)).toContain('not open to clients');
  });

  it.each([
    ['what is usual', '/queue/usual', { 'auto-delete': 'false', durable: 'true' }],
    ['what the relay says itself', '/user/queue/own', { 'auto-delete': 'true', 'x-expires': '5' }],
    ['those of a subscription to a topic', '/topic/own', { 'x-max-length': '5' }],
  ])('may be said by clients when they are %s', async (_what, destination, headers) => {
    await start({ port: kind.port });
    expect(await said(['SUBSCRIBE', destination], headers)).toBe('taken');
  });
});
