import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import {
  PublishSubscribeChannel,
  type SendResult,
  type SessionControl,
} from '../../lib/channel/index.js';
import { StompException } from '../../lib/exception/index.js';
import {
  SimpMessageType,
  type Message,
  type SessionContext,
  type StompPrincipal,
} from '../../lib/message/index.js';
import {
  authenticated,
  CredentialsExpiredException,
  denyAll,
  hasRole,
  securityInterceptors,
  type SecurityOptions,
} from '../../lib/security/index.js';
import { fromClient, session } from '../user/verbs.js';

const { MESSAGE, SUBSCRIBE, UNSUBSCRIBE } = SimpMessageType;

let inbound: PublishSubscribeChannel;
let passed: Message[];
let told: Message<Buffer>[];
let done: string[];
let ann: SessionContext;

/** The session room, as far as others may ask it. */
const control: SessionControl = {
  closeSession: (id, code) => {
    done.push(`close ${id} ${code}`);
    return true;
  },
  renewUser: (id, user) => {
    if (id !== ann.id) return false;
    ann.user = user;
    return true;
  },
  endSubscription: async (id, subscriptionId) => {
    await new Promise(setImmediate);
    done.push(`end ${id} ${subscriptionId}`);
    return true;
  },
};

const rights: Record<string, StompPrincipal> = {
  better: { name: 'ann', roles: ['USER', 'ADMIN'] },
  worse: { name: 'ann', roles: [] },
  other: { name: 'bob', roles: ['ADMIN'] },
  alias: { name: 'ann', destinationUserName: 'bob' },
};

function start(options: Partial<SecurityOptions> = {}): void {
  inbound = new PublishSubscribeChannel(
    'clientInboundChannel',
    (message) => message.headers.sessionId,
  );
  const brokerChannel = new PublishSubscribeChannel('brokerChannel');
  [passed, told, done] = [[], [], []];
  ann = session('s1', { name: 'ann', roles: ['USER'] });
  brokerChannel.subscribe({
    handleMessage: (message) => void told.push(message as Message<Buffer>),
  });
  const security: SecurityOptions = {
    authorization: [
      { send: '/app/renew', access: denyAll },
      { subscribe: '/topic/admin', access: hasRole('ADMIN') },
      { subscribe: '/topic/users', access: hasRole('USER') },
      { access: authenticated },
    ],
    renewal: {
      destination: '/app/renew',
      authenticate: ({ payload }) => {
        const user = rights[payload.toString()];
        if (!user) throw new Error('bad token');
        return user;
      },
    },
    ...options,
  };
  inbound.addInterceptors(...securityInterceptors(security, { brokerChannel, control }).inbound);
  inbound.subscribe({ handleMessage: (message) => void passed.push(message) });
}

const settled = async (result: SendResult): Promise<boolean> =>
  typeof result === 'boolean' ? result : result.completed;
const renew = (token: string, by = ann): Promise<boolean> =>
  settled(inbound.send(fromClient(MESSAGE, by, '/app/renew', token)));
const subscribe = (id: string | undefined, destination: string): SendResult => {
  const message = fromClient(SUBSCRIBE, ann, destination);
  message.headers.fields.subscriptionId = id;
  return inbound.send(message);
};

beforeEach(() => start());

it('gives a session new rights in place', async () => {
  expect(() => subscribe('1', '/topic/admin')).toThrow('Access denied');
  expect(await renew('better')).toBe(true);
  expect(subscribe('1', '/topic/admin')).toBe(true);
});

it('is sent to no handler and no broker, so that its receipt goes out', async () => {
  await renew('better');
  expect(passed.map(({ headers }) => [headers.messageType, headers.destination])).toEqual([
    [SimpMessageType.OTHER, undefined],
  ]);
  expect(passed[0]!.headers.fields.broker).toBe(-1);
});

it('takes effect before the next frame of the session', async () => {
  const renewed = renew('better');
  const subscribed = settled(subscribe('1', '/topic/admin'));
  await renewed;
  expect(await subscribed).toBe(true);
});

it('ends the subscriptions that the new rights do not allow, and no others', async () => {
  await renew('better');
  subscribe('1', '/topic/admin');
  subscribe('2', '/topic/users');
  subscribe('3', '/topic/other');
  await renew('worse');
  expect(done).toEqual(['end s1 1', 'end s1 2']);
  await renew('worse');
  expect(done).toHaveLength(2);
});

it('forgets what the client ended itself', async () => {
  subscribe('1', '/topic/users');
  const unsubscribe = fromClient(UNSUBSCRIBE, ann, '/topic/users');
  unsubscribe.headers.fields.subscriptionId = '1';
  inbound.send(unsubscribe);
  await renew('worse');
  expect(done).toEqual([]);
});

it('closes the session when a subscription without an id would have to end', async () => {
  subscribe(undefined, '/topic/users');
  await renew('worse');
  expect(done).toEqual(['close s1 1008']);
});

it('knows subscriptions without ids by their destinations', async () => {
  subscribe(undefined, '/topic/users');
  subscribe(undefined, '/topic/other');
  inbound.send(fromClient(UNSUBSCRIBE, ann, '/topic/other'));
  await renew('worse');
  expect(done).toEqual(['close s1 1008']);
});

it.each(['/topic/other', '\0/topic/other'])(
  'does not forget a subscription with the id %p for one without an id',
  async (id) => {
    subscribe(id, '/topic/users');
    subscribe(undefined, '/topic/other');
    await renew('worse');
    expect(done).toEqual([`end s1 ${id}`]);
  },
);

it.each([
  ['other', 'The new credentials belong to another user'],
  ['alias', 'The new credentials belong to another user'],
  ['forged', 'bad token'],
])('refuses credentials: %s', async (token, text) => {
  const before = ann.user;
  await expect(renew(token)).rejects.toThrow(
    expect.objectContaining({ message: text, closeCode: 1008 }),
  );
  expect(ann.user).toBe(before);
});

it('refuses sessions that have no user', async () => {
  await expect(renew('better', session('s2'))).rejects.toThrow('There are no credentials to renew');
});

it('refuses expired credentials with their own close code', async () => {
  start({
    renewal: {
      destination: '/app/renew',
      authenticate: () => Promise.reject(new CredentialsExpiredException()),
    },
  });
  await expect(renew('old')).rejects.toThrow(expect.objectContaining({ closeCode: 4401 }));
});

it('refuses what has already expired, and leaves the old credentials in force', async () => {
  const authenticate = () => ({ name: 'ann', roles: [], expiresAt: Date.now() - 1 });
  start({ onDenied: 'errorQueue', renewal: { destination: '/app/renew', authenticate } });
  const before = ann.user;
  expect(await renew('old')).toBe(false);
  expect(String(told[0]!.payload)).toContain('The new credentials have expired');
  expect([ann.user, done]).toEqual([before, []]);
});

it.each([
  ['seconds', { name: 'ann', expiresAt: Math.ceil(Date.now() / 1000) + 60 }],
  ['no time', { name: 'ann', expiresAt: NaN }],
])('refuses what ends at %s, and tells the log', async (_what, renewed) => {
  const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
  start({ renewal: { destination: '/app/renew', authenticate: () => renewed } });
  const before = ann.user;
  await expect(renew('any')).rejects.toThrow(
    expect.objectContaining({ code: 'STOMP_ERR_PRINCIPAL', closeCode: 1011 }),
  );
  expect([ann.user, done]).toEqual([before, []]);
  expect(error.mock.calls).toEqual([[expect.stringContaining('new Date(exp * 1000)')]]);
  error.mockRestore();
});

it('says nothing of a fault to the client, and all to the log', async () => {
  const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
  const fault = Object.assign(new Error('connect ECONNREFUSED 10.0.0.5'), { code: 'ECONNREFUSED' });
  const authenticate = () => Promise.reject(fault);
  start({ renewal: { destination: '/app/renew', authenticate } });
  await expect(renew('any')).rejects.toThrow(
    expect.objectContaining({
      message: 'The renewal failed by a mistake of the server',
      closeCode: 1011,
    }),
  );
  expect(error.mock.calls).toEqual([[expect.stringContaining(fault.message), fault.stack]]);
  error.mockRestore();
});

it.each([{ destination: '/app/renew' }, { authenticate: () => rights.better }])(
  'does not start with half of its options: %j',
  (renewal) => {
    expect(() => start({ renewal: renewal as never })).toThrow(
      expect.objectContaining({ code: 'STOMP_ERR_OPTION' }),
    );
  },
);

it('may tell the error queue instead', async () => {
  start({ onDenied: 'errorQueue' });
  expect(await renew('forged')).toBe(false);
  expect(JSON.parse(told[0]!.payload.toString())).toMatchObject({
    code: 'STOMP_ERR_AUTHENTICATION',
    message: 'bad token',
  });
});

it('is dropped when the session is gone meanwhile', async () => {
  const gone = session('gone', 'ann');
  expect(await renew('better', gone)).toBe(false);
});

it('works without rules', async () => {
  start({ authorization: undefined });
  subscribe('1', '/topic/users');
  expect(await renew('worse')).toBe(true);
  expect(done).toEqual([]);
  expect(ann.user?.roles).toEqual([]);
});

it('only looks at its own destination', () => {
  expect(inbound.send(fromClient(MESSAGE, ann, '/app/renewal'))).toBe(true);
  expect(passed).toHaveLength(1);
});

it('throws nothing but StompExceptions at clients', async () => {
  await expect(renew('forged')).rejects.toBeInstanceOf(StompException);
});
