import { Logger } from '@nestjs/common';
import { jest } from '@jest/globals';
import {
  ClientOutboundChannel,
  PublishSubscribeChannel,
  type HandlingResult,
} from '../../lib/channel/index.js';
import { SimpMessageType, type Message } from '../../lib/message/index.js';
import { SimpMessagingTemplate } from '../../lib/template/index.js';
import {
  RegistryUserDestinationResolver,
  SimpUserRegistry,
  UserDestinationMessageHandler,
  type UserDestinationMessageHandlerOptions,
} from '../../lib/user/index.js';
import { fromClient, Sessions } from './verbs.js';

const { MESSAGE, SUBSCRIBE, UNSUBSCRIBE } = SimpMessageType;

let sessions: Sessions;
let inbound: PublishSubscribeChannel;
let brokerChannel: PublishSubscribeChannel;
let template: SimpMessagingTemplate;
let published: Message[];
let publish: (message: Message) => HandlingResult;
let handler: UserDestinationMessageHandler;
let debug: unknown;

function start(options: Partial<UserDestinationMessageHandlerOptions> = {}): void {
  sessions = new Sessions();
  inbound = new PublishSubscribeChannel(
    'clientInboundChannel',
    (message) => message.headers.sessionId,
  );
  brokerChannel = new PublishSubscribeChannel('brokerChannel', () => 'all');
  template = new SimpMessagingTemplate({ channel: brokerChannel });
  published = [];
  publish = () => undefined;
  const registry = new SimpUserRegistry(sessions.events, new ClientOutboundChannel());
  const resolver = new RegistryUserDestinationResolver(registry);
  handler = new UserDestinationMessageHandler({ brokerChannel, resolver, ...options });
  handler.subscribeTo(inbound);
  brokerChannel.subscribe({
    handleMessage: (message) => {
      if (message.headers.destination?.startsWith('/user/')) return;
      published.push(message);
      return publish(message);
    },
  });
}

beforeEach(() => {
  debug = jest.spyOn(Logger.prototype, 'debug').mockReturnValue(undefined);
  start();
});

afterEach(() => jest.restoreAllMocks());

const destinations = (): (string | undefined)[] =>
  published.map(({ headers }) => headers.destination);

describe('a SUBSCRIBE', () => {
  it('goes on to the broker with its session, subscription id and headers', () => {
    const ann = sessions.connect('s1', 'ann');
    const subscribe = fromClient(SUBSCRIBE, ann, '/user/queue/a');
    subscribe.headers.fields.native.add('selector', 'x > 1');
    inbound.send(subscribe);
    const [resolved] = published;
    expect(resolved!.headers.fields).toMatchObject({
      messageType: SUBSCRIBE,
      destination: '/queue/a-users1',
      origDestination: '/user/queue/a',
      targetSessionId: 's1',
      session: ann,
      subscriptionId: 'sub-0',
    });
    expect(resolved!.headers.native.get('selector')).toBe('x > 1');
    expect(subscribe.headers.destination).toBe('/user/queue/a');
  });

  it('is done when the broker has stored it', async () => {
    let stored = (): void => undefined;
    publish = () => {
      const entered = new Promise<void>((resolve) => (stored = resolve));
      return { entered, completed: entered };
    };
    const sent = inbound.send(
      fromClient(SUBSCRIBE, sessions.connect('s1', 'ann'), '/user/queue/a'),
    );
    if (typeof sent === 'boolean') throw new Error('was done at once');
    let entered = false;
    void sent.entered.then(() => (entered = true));
    await new Promise(setImmediate);
    expect(entered).toBe(false);
    stored();
    await sent.completed;
    expect(entered).toBe(true);
  });

  it('is done at once when the broker is', () => {
    const subscribe = fromClient(SUBSCRIBE, sessions.connect('s1', 'ann'), '/user/queue/a');
    expect(inbound.send(subscribe)).toBe(true);
    expect(inbound.send(fromClient(UNSUBSCRIBE, subscribe.headers.session!, '/user/queue/a'))).toBe(
      true,
    );
    expect(published.map(({ headers }) => headers.messageType)).toEqual([SUBSCRIBE, UNSUBSCRIBE]);
  });
});

describe('a message', () => {
  it('of a client goes to every session of the user', () => {
    sessions.connect('s1', 'ann');
    sessions.connect('s2', 'ann');
    const bob = sessions.connect('s3', 'bob');
    inbound.send(fromClient(MESSAGE, bob, '/user/ann/queue/x', 'hi'));
    expect(destinations()).toEqual(['/queue/x-users1', '/queue/x-users2']);
    expect(published.map(({ headers }) => headers.fields.targetSessionId)).toEqual(['s1', 's2']);
    expect(published.every(({ headers }) => headers.origDestination === '/user/queue/x')).toBe(
      true,
    );
    expect(published.every(({ headers }) => headers.session === bob)).toBe(true);
  });

  it('of the application goes to every session of the user, or to one', () => {
    sessions.connect('s1', 'ann');
    sessions.connect('s2', 'ann');
    template.convertAndSendToUser('ann', '/queue/x', 'all');
    template.convertAndSendToUser('ann', '/queue/x', 'one', { sessionId: 's2' });
    expect(destinations()).toEqual(['/queue/x-users1', '/queue/x-users2', '/queue/x-users2']);
  });

  it('of the application reaches an anonymous session by its id', () => {
    sessions.connect('s1');
    template.convertAndSendToUser('s1', '/queue/x', 'you', { sessionId: 's1' });
    expect(destinations()).toEqual(['/queue/x-users1']);
  });

  it('tells the sender what a broker throws, after the others got theirs', () => {
    sessions.connect('s1', 'ann');
    sessions.connect('s2', 'ann');
    publish = ({ headers }) => {
      if (headers.destination === '/queue/x-users1') throw new Error('full');
    };
    expect(() => template.convertAndSendToUser('ann', '/queue/x', 'hi')).toThrow('full');
    expect(destinations()).toHaveLength(2);
  });

  it('is complete when every session is served', async () => {
    sessions.connect('s1', 'ann');
    sessions.connect('s2', 'ann');
    const serve: (() => void)[] = [];
    publish = () => new Promise<void>((resolve) => serve.push(resolve));
    let done = false;
    const sent = template
      .convertAndSendToUserAsync('ann', '/queue/x', 'hi')
      .then(() => (done = true));
    serve[0]!();
    await new Promise(setImmediate);
    expect(done).toBe(false);
    serve[1]!();
    await sent;
  });

  it('rejects when a session could not be served', async () => {
    sessions.connect('s1', 'ann');
    sessions.connect('s2', 'ann');
    publish = ({ headers }) =>
      headers.destination === '/queue/x-users1'
        ? Promise.reject(new Error('full'))
        : Promise.resolve();
    await expect(template.convertAndSendToUserAsync('ann', '/queue/x', 'hi')).rejects.toThrow(
      'full',
    );
  });
});

describe('a message to a user who is not there', () => {
  it('is lost, and logged now and then', () => {
    for (let i = 0; i < 5; i++) template.convertAndSendToUser('nobody', '/queue/x', 'hi');
    expect(published).toEqual([]);
    expect(debug).toHaveBeenCalledTimes(1);
  });

  it('is handed to the hook that may know more', () => {
    const elsewhere: unknown[] = [];
    start({
      onUnresolved: (message, result) => {
        elsewhere.push([message.headers.destination, result.user, result.subscribeDestination]);
      },
    });
    template.convertAndSendToUser('nobody', '/queue/x', 'hi');
    expect(elsewhere).toEqual([['/user/nobody/queue/x', 'nobody', '/user/queue/x']]);
  });
});

describe('order', () => {
  const texts = (): string[] =>
    published.map(
      ({ payload, headers }) => `${(payload as Buffer).toString()} ${headers.destination}`,
    );

  it('between user destinations and others is that of sending, behind asynchronous interceptors too', async () => {
    brokerChannel.addInterceptors({
      preSend: async (message) => {
        await new Promise(setImmediate);
        return message;
      },
    });
    sessions.connect('s1', 'ann');
    const all = [
      template.convertAndSendToUserAsync('ann', '/queue/x', '1'),
      template.convertAndSendAsync('/topic/x', '2'),
      template.convertAndSendToUserAsync('ann', '/queue/x', '3'),
      template.convertAndSendAsync('/topic/x', '4'),
    ];
    await Promise.all(all);
    expect(texts()).toEqual(['1 /queue/x-users1', '2 /topic/x', '3 /queue/x-users1', '4 /topic/x']);
  });

  it('of one client is kept while the brokerChannel is asynchronous', async () => {
    brokerChannel.addInterceptors({ preSend: (message) => Promise.resolve(message) });
    const ann = sessions.connect('s1', 'ann');
    const all = ['1', '2', '3'].map((body) =>
      inbound.send(fromClient(MESSAGE, ann, '/user/ann/queue/x', body)),
    );
    for (const one of all) if (typeof one === 'object') await one.completed;
    expect(texts().map((text) => text[0])).toEqual(['1', '2', '3']);
  });
});

it('does not start with a resolver that resolves nothing', () => {
  const brokerChannel = new PublishSubscribeChannel('brokerChannel');
  expect(() => new UserDestinationMessageHandler({ brokerChannel, resolver: {} as never })).toThrow(
    expect.objectContaining({ code: 'STOMP_ERR_OPTION' }),
  );
});
