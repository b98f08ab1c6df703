import { randomUUID } from 'node:crypto';
import { ClientOutboundChannel, PublishSubscribeChannel } from '../../lib/channel/index.js';
import { SimpMessageType, type Message } from '../../lib/message/index.js';
import { RawUserDestinationGuard, SimpUserRegistry } from '../../lib/user/index.js';
import { fromClient, session, Sessions } from './verbs.js';

const { MESSAGE, SUBSCRIBE } = SimpMessageType;
const OWN = randomUUID();
const OTHER = randomUUID();

let inbound: PublishSubscribeChannel;
let passed: Message[];
const own = session(OWN, 'mallory');

beforeEach(() => {
  const sessions = new Sessions();
  const registry = new SimpUserRegistry(sessions.events, new ClientOutboundChannel());
  sessions.connect('short', 'bob');
  inbound = new PublishSubscribeChannel('clientInboundChannel');
  inbound.setGate(
    new RawUserDestinationGuard({ registry, reservedDestinations: ['/topic/simp-user-registry'] }),
  );
  passed = [];
  inbound.subscribe({ handleMessage: (message) => void passed.push(message) });
});

describe.each([SUBSCRIBE, MESSAGE])('%s', (type) => {
  it.each([
    `/queue/x-user${OTHER}`,
    `/queue/x-user${OTHER.toUpperCase()}`,
    `/queue/x-user${OTHER}?durable=true`,
    `/queue/x-user${OTHER}-user${OWN}`,
    `/queue/-user-user${OTHER}`,
    `/queue/x-user${OWN}/../x-user${OTHER}`,
    '/queue/x-usershort',
    '/topic/simp-user-registry',
  ])('to %s is refused', (destination) => {
    expect(() => inbound.send(fromClient(type, own, destination))).toThrow(
      expect.objectContaining({ code: 'STOMP_ERR_RAW_USER_DESTINATION', closeCode: 1008 }),
    );
    expect(passed).toEqual([]);
  });

  it.each([
    `/queue/x-user${OWN}`,
    '/user/queue/x',
    '/topic/new-users',
    '/topic/end-user-agreement',
    '/queue/**',
    '/queue/*',
  ])('to %s passes', (destination) => {
    expect(inbound.send(fromClient(type, own, destination))).toBe(true);
  });
});

it.each([
  ...['/topic/#', '/topic/>', '/topic/simp*', '/**', '/topic/{x}', '/topic/*'],
  ...['/topic/simp-user-registry.#', '/topic/simp-user-registry.>', '/topic/simp-user-registry/#'],
])('refuses a SUBSCRIBE to %s where it would reach a reserved destination', (destination) => {
  expect(() => inbound.send(fromClient(SUBSCRIBE, own, destination))).toThrow('is not open');
});

it.each([
  [SUBSCRIBE, '/topic/*', 'reaches what the nodes of the application tell each other'],
  [SUBSCRIBE, '/topic/simp-user-registry', 'the nodes of the application talk to each other there'],
  [MESSAGE, '/topic/simp-user-registry', 'the nodes of the application talk to each other there'],
  [SUBSCRIBE, `/queue/x-user${OTHER}`, 'subscribe to user destinations as /user/…'],
])('says why %s to %s is refused', (type, destination, reason) => {
  expect(() => inbound.send(fromClient(type, own, destination))).toThrow(reason);
});

it('does not run a regex from outside', () => {
  const slow = '/topic/{x:(s+|i+|m+|.)+!}';
  expect(() => inbound.send(fromClient(SUBSCRIBE, own, slow))).toThrow('{name:regex}');
});

it('leaves messages without a destination alone', () => {
  expect(inbound.send(fromClient(SimpMessageType.CONNECT, own))).toBe(true);
});
