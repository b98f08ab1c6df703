import { ClientOutboundChannel, type Receiver } from '../../lib/channel/index.js';
import {
  Message,
  MessageHeaders,
  newHeaderFields,
  SimpMessageType,
  type SessionContext,
} from '../../lib/message/index.js';
import {
  check,
  hasRole,
  securityInterceptors,
  type OutboundAuthorizationRule,
} from '../../lib/security/index.js';
import { session } from '../user/verbs.js';

const ann = session('s1', 'ann');
const root = session('s2', { name: 'root', roles: ['ADMIN'] });
const guest = session('s3');

let outbound: ClientOutboundChannel;
let sent: string[];

function start(...outboundAuthorization: OutboundAuthorizationRule[]): void {
  outbound = new ClientOutboundChannel();
  sent = [];
  const context = { brokerChannel: outbound, control: undefined as never };
  outbound.addInterceptors(...securityInterceptors({ outboundAuthorization }, context).outbound);
  outbound.subscribe({
    handleMessage: ({ headers }) => void sent.push(`${headers.sessionId} ${headers.messageType}`),
  });
}

function deliver(destination: string, origDestination?: string): void {
  const fields = newHeaderFields(SimpMessageType.MESSAGE);
  fields.destination = destination;
  fields.origDestination = origDestination;
  const receivers = [ann, root, guest].map((one: SessionContext): Receiver => ({
    session: one,
    subscriptionId: '1',
  }));
  const message = new Message(Buffer.from('x'), new MessageHeaders(fields));
  outbound.deliver({ message, messageId: 'm', receivers });
}

it('leaves out the receivers that a rule does not allow', () => {
  start({ destination: '/topic/admin/**', access: hasRole('ADMIN') });
  deliver('/topic/admin/x');
  expect(sent).toEqual(['s2 MESSAGE']);
});

it('lets pass what no rule is about', () => {
  start({ destination: '/topic/admin/**', access: hasRole('ADMIN') });
  deliver('/topic/x');
  expect(sent).toHaveLength(3);
});

it('asks for every receiver with its user and the variables', async () => {
  start({
    destination: '/topic/of/{name}',
    access: check(({ user, variables }) => Promise.resolve(user?.name === variables.name)),
  });
  deliver('/topic/of/ann');
  await new Promise(setImmediate);
  expect(sent).toEqual(['s1 MESSAGE']);
});

it('knows user destinations as their receivers see them', () => {
  start({ destination: '/user/queue/x', access: hasRole('ADMIN') });
  deliver('/queue/x-users1', '/user/queue/x');
  expect(sent).toEqual(['s2 MESSAGE']);
});

it('never holds back what is no message', () => {
  start({ destination: '/**', access: hasRole('ADMIN') });
  const fields = newHeaderFields(SimpMessageType.DISCONNECT_ACK);
  fields.sessionId = 's1';
  outbound.send(new Message(Buffer.alloc(0), new MessageHeaders(fields)));
  expect(sent).toEqual(['s1 DISCONNECT_ACK']);
});

it('costs nothing without rules', () => {
  expect(
    securityInterceptors({}, { brokerChannel: outbound, control: undefined as never }),
  ).toEqual({
    inbound: [],
    outbound: [],
  });
});

it.each([
  ['needs a destination', { access: hasRole('ADMIN') }],
  ['has no value for destination', { destination: undefined, access: hasRole('ADMIN') }],
  ['has destinations;', { destinations: '/topic/admin', access: hasRole('ADMIN') }],
  ['needs an access', { destination: '/topic/admin' }],
])('refuses a rule that %s', (text, rule) => {
  const refused = { code: 'STOMP_ERR_AUTHORIZATION_RULE', message: expect.stringContaining(text) };
  expect(() => start(rule as never)).toThrow(expect.objectContaining(refused));
});
