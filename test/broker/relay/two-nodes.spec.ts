import {
  SimpMessagingTemplate,
  SimpUserRegistry,
  stompBrokerRelay,
  StompEvents,
  StompModule,
  type StompBrokerRelay,
} from 'nestjs-stomp';
import { firstFree, RealBroker } from '../../brokers/real-broker.js';
import { rabbitMq } from '../../brokers/rabbitmq.js';
import { startNest, type RunningNest } from '../../support/nest-application.js';
import { StompClient } from '../../support/stomp-client.js';
import { until } from '../../support/until.js';

const USERS = '/topic/cluster-users';
const UNRESOLVED = '/topic/cluster-unresolved';

interface Node extends RunningNest {
  readonly relay: StompBrokerRelay;
  readonly registry: SimpUserRegistry;
  readonly template: SimpMessagingTemplate;
  /** How often it lost its broker. */
  readonly losses: () => number;
}

const kind = await firstFree(rabbitMq(28), rabbitMq(21));

describe.each(['per-client', 'shared'] as const)('two nodes behind RabbitMQ, %s', (connections) => {
  let broker: RealBroker;
  let here: Node;
  let there: Node;
  const clients: StompClient[] = [];

  async function startNode(users: string | null = USERS): Promise<Node> {
    const relay = stompBrokerRelay({
      port: kind.port,
      destinations: ['/topic', '/queue', '/exchange'],
      connections,
      reconnectDelayMs: 100,
    });
    const nest = await startNest({
      imports: [
        StompModule.forRoot({
          endpoints: ['/stomp'],
          applicationDestinationPrefixes: ['/app'],
          brokers: [relay],
          userRegistryBroadcast: users ?? undefined,
          userDestinationBroadcast: UNRESOLVED,
          authenticate: (frame) => {
            const name = frame.getNativeHeader('login')?.[0];
            return name === undefined ? undefined : { name };
          },
        }),
      ],
    });
    await until(() => relay.available);
    let lost = 0;
    nest.app.get(StompEvents).on('brokerAvailability', ({ available }) => {
      if (!available) lost++;
    });
    const registry = nest.app.get(SimpUserRegistry);
    const template = nest.app.get(SimpMessagingTemplate);
    return { ...nest, relay, registry, template, losses: () => lost };
  }

  async function connect(node: Node, login: string): Promise<StompClient> {
    const client = await StompClient.connect(`${node.wsUrl}/stomp`, { login });
    clients.push(client);
    return client;
  }

  const counts = (): number[] => [here, there].map(({ registry }) => registry.getUserCount());

  beforeAll(async () => {
    broker = await RealBroker.start(kind);
  }, 120_000);

  afterAll(() => broker.stop(), 120_000);

  beforeEach(async () => {
    [here, there] = [await startNode(), await startNode()];
  }, 30_000);

  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.terminate();
    await Promise.all([here.app.close(), there.app.close()]);
  }, 30_000);

  it('bring messages from one to the clients of the other', async () => {
    const [ann, bob] = [await connect(here, 'ann'), await connect(there, 'bob')];
    await bob.subscribe('/topic/news');
    await ann.receipt('SEND', { destination: '/topic/news' }, 'hello');
    expect((await bob.message()).text).toBe('hello');
  });

  it('bring private messages to users of the other, once to each session', async () => {
    const [ann, bob] = [await connect(here, 'ann'), await connect(there, 'bob')];
    await bob.subscribe('/user/queue/mail');
    await ann.receipt('SEND', { destination: '/user/bob/queue/mail', 'x-own': '1' }, 'psst');
    const letter = await bob.message();
    expect([letter.text, letter.headers.destination, letter.headers['x-own']]).toEqual([
      'psst',
      '/user/queue/mail',
      '1',
    ]);
    here.template.convertAndSendToUser('bob', '/queue/mail', 'again');
    expect((await bob.message()).text).toBe('again');
    await bob.expectNoFrame();
    expect(Object.keys(letter.headers)).not.toContain('stomp-node');
  });

  it('know who is online, each user once', async () => {
    const ann = await connect(here, 'ann');
    await connect(there, 'bob');
    const second = await connect(there, 'ann');
    await until(() => counts().join() === '2,2');
    await until(() => here.registry.getUser('ann')?.sessions.size === 2);
    expect(
      here.registry
        .getUsers()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['ann', 'bob']);
    await second.disconnect();
    await until(() => here.registry.getUser('ann')?.sessions.size === 1);
    await ann.disconnect();
    await until(() => counts().join() === '1,1');
  });

  it('forget the users of a node that is gone', async () => {
    await connect(here, 'ann');
    await connect(there, 'bob');
    await until(() => counts().join() === '2,2');
    await there.app.close();
    await until(() => here.registry.getUserCount() === 1);
    there = await startNode();
    await until(() => there.registry.getUserCount() === 1);
  });

  it.each([
    ['SUBSCRIBE', USERS],
    ['SUBSCRIBE', UNRESOLVED],
    ['SUBSCRIBE', '/topic/#'],
    ['SUBSCRIBE', '/topic/*'],
    ['SEND', USERS],
    ['SEND', UNRESOLVED],
  ])('refuse %s of a client to %s', async (command, destination) => {
    const mallory = await connect(here, 'mallory');
    mallory.frame(command, { destination, ...(command === 'SUBSCRIBE' && { id: '1' }) });
    expect((await mallory.refused()).close.code).toBe(1008);
  });

  it('give clients nothing of what they tell each other by other names of the broker', async () => {
    const mallory = await connect(here, 'mallory');
    const bob = await connect(there, 'bob');
    await bob.subscribe('/user/topic/mail');
    await mallory.subscribe('/exchange/amq.topic/#');
    here.template.convertAndSendToUser('bob', '/topic/mail', 'psst');
    expect((await bob.message()).text).toBe('psst');
    await connect(there, 'carol');
    await until(() => here.registry.getUserCount() === 3);
    await mallory.receipt('SEND', { destination: '/topic/open' }, 'mine');
    expect((await mallory.message()).text).toBe('mine');
    expect(mallory.pending).toEqual([]);
  });

  it('take nothing from clients that looks as if another node said it', async () => {
    const mallory = await connect(here, 'mallory');
    const bob = await connect(there, 'bob');
    await bob.subscribe('/user/queue/mail');
    await mallory.receipt(
      'SEND',
      {
        destination: `/exchange/amq.topic/${UNRESOLVED.slice('/topic/'.length)}`,
        'stomp-node': 'x',
        'stomp-user-destination': '/user/bob/queue/mail',
      },
      'forged',
    );
    await bob.expectNoFrame();
  });

  it('refuse headers by which a client would name the queue of another session', async () => {
    const mallory = await connect(here, 'mallory');
    const bob = await connect(there, 'bob');
    await bob.subscribe('/user/queue/mail');
    const [session] = [...there.registry.getUser('bob')!.sessions];
    const queue = `mail-user${session!.id}`;
    mallory.frame('SUBSCRIBE', { id: '1', destination: '/topic/x', 'x-queue-name': queue });
    expect((await mallory.refused()).close.code).toBe(1008);
  });

  it.each([
    ['/user/bob/queue/mail', { priority: 'abc' }],
    ['/user/nobody/queue/mail', { expiration: 'x', 'user-id': 'x', 'message-id': '1' }],
    ['/user/bob/queue/mail', { CC: 'x', 'x-message-ttl': '5', durable: 'x', persistent: 'x' }],
    ['/user/bob/queue/amq.foo', {}],
    ['/user/bob/topics/x', {}],
    ['/user/bob/queue/a/b', {}],
  ])('keep their broker whatever a client sends to %s %j', async (destination, headers) => {
    await Promise.all([here.app.close(), there.app.close()]);
    [here, there] = [await startNode(null), await startNode(null)];
    const [mallory, bob] = [await connect(here, 'mallory'), await connect(there, 'bob')];
    await bob.subscribe('/user/queue/mail');
    await mallory.receipt('SEND', { destination, ...headers }, 'odd');
    await here.template.convertAndSendToUserAsync('bob', '/queue/mail', 'next');
    await bob.until('the next message', () => bob.pending.some(({ text }) => text === 'next'));
    expect([here.losses(), there.losses()]).toEqual([0, 0]);
  });
});
