import { jest } from '@jest/globals';
import { Controller, Logger } from '@nestjs/common';
import { PublishSubscribeChannel } from '../../lib/channel/index.js';
import {
  Message,
  MessageHeaders,
  NativeHeaders,
  newHeaderFields,
  SimpMessageType,
} from '../../lib/message/index.js';
import { UserDestinationBroadcast } from '../../lib/user/index.js';
import {
  MessageMapping,
  SendTo,
  simpleBroker,
  SimpMessagingTemplate,
  SimpUserRegistry,
  StompModule,
  type MessageBroker,
} from 'nestjs-stomp';
import { startNest, type RunningNest } from '../support/nest-application.js';
import { StompClient } from '../support/stomp-client.js';
import { until } from '../support/until.js';

type Listener = (message: Message) => void;

/** A topic of all nodes, as a broker of each. */
class SharedTopic {
  /** When it has what is published now. */
  stored: Promise<void> | undefined;
  private readonly listeners = new Set<Listener>();

  broker(): MessageBroker {
    return {
      name: 'shared',
      destinationPrefixes: ['/topic'],
      available: true,
      start: () => undefined,
      stop: () => undefined,
      handleMessage: (message) => {
        this.publish(message);
        return message.headers.sessionId === undefined ? this.stored : undefined;
      },
      subscribeSystem: (_destination, listener) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
    };
  }

  private publish({ payload, headers: { fields } }: Message): void {
    if (fields.messageType !== SimpMessageType.MESSAGE) return;
    for (const listener of this.listeners) {
      const copy = newHeaderFields(
        SimpMessageType.MESSAGE,
        new NativeHeaders([...fields.native.toFlat()]),
      );
      copy.contentType = fields.contentType;
      listener(new Message(payload, new MessageHeaders(copy)));
    }
  }
}

@Controller()
class Mails {
  @MessageMapping('/tell/{name}')
  @SendTo('/user/{name}/queue/mail')
  tell(text: string): string {
    return text;
  }
}

interface Node extends RunningNest {
  readonly registry: SimpUserRegistry;
  readonly template: SimpMessagingTemplate;
}

describe('user destinations of brokers that each node has of its own', () => {
  let topic: SharedTopic;
  let here: Node;
  let there: Node;

  async function startNode(): Promise<Node> {
    const nest = await startNest({
      controllers: [Mails],
      imports: [
        StompModule.forRoot({
          endpoints: ['/stomp'],
          applicationDestinationPrefixes: ['/app'],
          brokers: [topic.broker(), simpleBroker({ destinations: ['/queue'] })],
          userDestinationBroadcast: '/topic/unresolved',
          userRegistryBroadcast: '/topic/users',
          authenticate: (connect) => ({ name: connect.getLogin() ?? '' }),
        }),
      ],
    });
    const [registry, template] = [
      nest.app.get(SimpUserRegistry),
      nest.app.get(SimpMessagingTemplate),
    ];
    return { ...nest, registry, template };
  }

  async function connect(node: Node, login: string): Promise<StompClient> {
    const client = await StompClient.connect(`${node.wsUrl}/stomp`, { login });
    await client.subscribe('/user/queue/mail');
    return client;
  }

  /** Until both know so many sessions of ann. */
  async function known(count: number): Promise<void> {
    const sessions = (): number[] =>
      [here, there].map(({ registry }) => registry.getUser('ann')?.sessions.size ?? 0);
    while (sessions().join() !== `${count},${count}`)
      await new Promise((resolve) => setTimeout(resolve, 5));
  }

  const idsAt = ({ registry }: Node): string[] =>
    Array.from(registry.getUser('ann')!.sessions, ({ id }) => id);

  beforeEach(async () => {
    topic = new SharedTopic();
    [here, there] = [await startNode(), await startNode()];
  });
  afterEach(() => Promise.all([here.app.close(), there.app.close()]));

  it('reach a user who is on the other node only', async () => {
    const ann = await connect(there, 'ann');
    await known(1);
    here.template.convertAndSendToUser('ann', '/queue/mail', 'psst');
    const { text, headers } = await ann.message();
    expect([text, headers.destination]).toEqual(['psst', '/user/queue/mail']);
    await ann.expectNoFrame();
  });

  it('reach the sessions of a user on both, each once', async () => {
    const all = [
      await connect(here, 'ann'),
      await connect(there, 'ann'),
      await connect(there, 'ann'),
    ];
    await known(3);
    here.template.convertAndSendToUser('ann', '/queue/mail', 'psst');
    for (const ann of all) {
      expect((await ann.message()).text).toBe('psst');
      await ann.expectNoFrame();
    }
  });

  it('reach both from a client, with its headers', async () => {
    const bob = await connect(here, 'bob');
    const all = [await connect(here, 'ann'), await connect(there, 'ann')];
    await known(2);
    await bob.receipt('SEND', { destination: '/user/ann/queue/mail', 'x-own': '1' }, 'psst');
    for (const ann of all) expect((await ann.message()).headers['x-own']).toBe('1');
  });

  it('reach one session on the other node alone, when the application names it', async () => {
    const first = await connect(here, 'ann');
    await known(1);
    const local = idsAt(here);
    const second = await connect(there, 'ann');
    await known(2);
    const [sessionId] = idsAt(there).filter((id) => !local.includes(id));
    const third = await connect(there, 'ann');
    await known(3);
    here.template.convertAndSendToUser('ann', '/queue/mail', 'psst', { sessionId });
    expect((await second.message()).text).toBe('psst');
    for (const other of [first, second, third]) await other.expectNoFrame();
  });

  it('reach nobody when the only session that the application names has gone', async () => {
    const all = [await connect(here, 'ann'), await connect(there, 'ann')];
    await known(2);
    for (const { template } of [here, there])
      template.convertAndSendToUser('ann', '/queue/mail', 'psst', { sessionId: 'gone' });
    for (const ann of all) await ann.expectNoFrame();
  });

  it('reach all sessions of a user from a handler that names the user', async () => {
    const bob = await connect(here, 'bob');
    const all = [await connect(here, 'ann'), await connect(there, 'ann')];
    await known(2);
    await bob.receipt('SEND', { destination: '/app/tell/ann' }, 'psst');
    for (const ann of all) expect((await ann.message()).text).toBe('psst');
  });

  it.each([
    ['only', ['there']],
    ['too', ['here', 'there']],
  ])('are confirmed when the topic has them, for who is on the other node %s', async (_how, at) => {
    const bob = await connect(here, 'bob');
    for (const node of at) await connect(node === 'here' ? here : there, 'ann');
    await known(at.length);
    let isStored = false;
    let store!: () => void;
    topic.stored = new Promise((resolve) => {
      store = () => {
        isStored = true;
        resolve();
      };
    });
    const told = [
      here.template.convertAndSendToUserAsync('ann', '/queue/mail', 'psst'),
      bob.receipt('SEND', { destination: '/user/ann/queue/mail' }, 'psst'),
    ].map((one) => one.then(() => isStored));
    await bob.receipt('SEND', { destination: '/queue/other' });
    await new Promise(setImmediate);
    store();
    expect(await Promise.all(told)).toEqual([true, true]);
  });

  it('are refused to who waits when the topic refuses them, and logged when nobody waits', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    await connect(there, 'ann');
    await known(1);
    topic.stored = Promise.reject(new Error('full'));
    await expect(
      here.template.convertAndSendToUserAsync('ann', '/queue/mail', 'psst'),
    ).rejects.toThrow('full');
    here.template.convertAndSendToUser('ann', '/queue/mail', 'psst');
    await new Promise(setImmediate);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('"/topic/unresolved": full'));
    warn.mockRestore();
    topic.stored = undefined;
  });

  it('go to nobody who has gone', async () => {
    const ann = await connect(here, 'ann');
    await known(1);
    const options = { sessionId: 'gone' };
    there.template.convertAndSendToUser('gone', '/queue/mail', 'psst', options);
    await ann.expectNoFrame();
  });
});

it.each(['userDestinationBroadcast', 'userRegistryBroadcast'])(
  '%s does not start with the destination of a broker of this node alone',
  (option) => {
    const stomp = StompModule.forRoot({
      brokers: [simpleBroker({ destinations: ['/topic'] })],
      [option]: '/topic/nodes',
    });
    return expect(startNest({ imports: [stomp] })).rejects.toMatchObject({
      code: 'STOMP_ERR_OPTION',
      message: expect.stringContaining('choose a destination of a relay'),
    });
  },
);

it.each([
  [
    'at once',
    () => {
      throw new Error('queue is full');
    },
  ],
  ['later', () => Promise.reject(new Error('queue is full'))],
])('logs once a minute that messages of other nodes are refused %s', async (_, refuse) => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  const brokerChannel = new PublishSubscribeChannel('brokerChannel');
  brokerChannel.subscribe({ handleMessage: refuse });
  let receive!: Listener;
  new UserDestinationBroadcast({
    node: 'here',
    destination: '/topic/unresolved',
    brokerChannel,
    registry: { getSession: () => undefined },
    channel: {
      available: true,
      publish: () => undefined,
      subscribe: (_destination, listener) => {
        receive = listener;
        return () => undefined;
      },
    },
  });
  const native = ['stomp-node', 'there', 'stomp-user-destination', '/user/ann/queue/mail'];
  const fields = newHeaderFields(SimpMessageType.MESSAGE, new NativeHeaders(native));
  for (let i = 0; i < 3; i++) receive(new Message('psst', new MessageHeaders(fields)));
  await until(() => warn.mock.calls.length > 0);

  expect(warn.mock.calls).toEqual([
    ['A message of another node to "/user/ann/queue/mail" was not sent: queue is full'],
  ]);
  warn.mockRestore();
});
