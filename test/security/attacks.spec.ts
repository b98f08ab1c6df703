import { createHmac, timingSafeEqual } from 'node:crypto';
import { Controller, type INestApplication } from '@nestjs/common';
import {
  authenticated,
  AuthenticationException,
  check,
  CredentialsExpiredException,
  hasRole,
  MessageMapping,
  permitAll,
  Principal,
  SendToUser,
  simpleBroker,
  SimpMessagingTemplate,
  SimpUserRegistry,
  StompModule,
  type StompModuleOptions,
  type StompPrincipal,
} from 'nestjs-stomp';
import { StompTestClient, type TestSubscription } from 'nestjs-stomp/testing';
import { startNest } from '../support/nest-application.js';

interface Claims {
  name: string;
  roles?: string[];
  exp?: number;
}

const sign = (text: string, key = 'our key'): string =>
  createHmac('sha256', key).update(text).digest('base64url');

function tokenOf(claims: Claims, key?: string): string {
  const text = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${text}.${sign(text, key)}`;
}

function verify(token: string | undefined): StompPrincipal {
  const [text = '', signature = ''] = (token ?? '').split('.');
  const [ours, theirs] = [Buffer.from(sign(text)), Buffer.from(signature)];
  if (ours.length !== theirs.length || !timingSafeEqual(ours, theirs))
    throw new AuthenticationException('The token is not ours');
  const { name, roles, exp } = JSON.parse(Buffer.from(text, 'base64url').toString()) as Claims;
  if (exp !== undefined && exp <= Date.now()) throw new CredentialsExpiredException();
  return { name, roles, expiresAt: exp };
}

@Controller()
class WhoController {
  @MessageMapping('who')
  @SendToUser('/queue/who', { broadcast: false })
  who(@Principal() user: StompPrincipal | undefined): string {
    return user?.name ?? 'nobody';
  }
}

let app: INestApplication;
let template: SimpMessagingTemplate;
let registry: SimpUserRegistry;

const base: StompModuleOptions = {
  endpoints: ['/stomp'],
  applicationDestinationPrefixes: ['/app'],
  brokers: [simpleBroker({ destinations: ['/topic', '/queue'] })],
};
const withTokens: StompModuleOptions = {
  ...base,
  authenticate: (connect) => verify(connect.getFirstNativeHeader('token')),
};

async function start(options: StompModuleOptions): Promise<void> {
  const imports = [StompModule.forRoot(options)];
  ({ app } = await startNest({ imports, controllers: [WhoController] }));
  template = app.get(SimpMessagingTemplate);
  registry = app.get(SimpUserRegistry);
}

afterEach(() => app.close());

const open = (): Promise<StompTestClient> => StompTestClient.open(app);

const connect = (connectHeaders: Record<string, string> = {}): Promise<StompTestClient> =>
  StompTestClient.connect(app, { connectHeaders });

const as = (name: string, ...roles: string[]): Promise<StompTestClient> =>
  connect({ token: tokenOf({ name, roles }) });

const sessionOf = (name: string): string => [...registry.getUser(name)!.sessions][0]!.id;

/** The victim's private message reaches the victim, once, and the attacker gets nothing. */
async function onlyReaches(victim: TestSubscription, attacker: StompTestClient): Promise<void> {
  template.convertAndSendToUser('bob', '/queue/secret', 'for bob');
  const { text, destination } = await victim.next();
  expect([text, destination]).toEqual(['for bob', '/user/queue/secret']);
  await victim.expectSilence();
  await attacker.expectSilence();
}

describe("another user's queue", () => {
  let bob: StompTestClient;
  let secrets: TestSubscription;
  let mallory: StompTestClient;

  beforeEach(async () => {
    await start(withTokens);
    bob = await as('bob');
    secrets = await bob.subscribe('/user/queue/secret');
    mallory = await as('mallory');
  });

  it.each(['SUBSCRIBE', 'SEND'])('cannot be reached by %s to its raw name', async (command) => {
    const destination = `/queue/secret-user${sessionOf('bob')}`;
    mallory.frame(command, { id: 'x', destination }, command === 'SEND' ? 'forged' : '');
    const { error, close } = await mallory.expectRefusal();
    expect(error.headers.message).toContain('is not open to this session');
    expect(close.code).toBe(1008);
    await onlyReaches(secrets, mallory);
  });

  it.each([
    '/queue/**',
    '/queue/*',
    '/**',
    '/queue/secret-user*',
    '/queue/secret-user*-*-*-*-*',
    '/queue/{any}',
    '/user/bob/queue/secret',
    '/user/bob/**',
    '/user/**',
    '/user/queue/*',
    '/user/queue/secret',
    '/user//queue/secret',
    '/users/queue/secret',
  ])('is not heard by a SUBSCRIBE to %s', async (destination) => {
    await mallory.subscribe(destination);
    await onlyReaches(secrets, mallory);
  });

  it('is not heard by way of a header of SUBSCRIBE', async () => {
    const raw = `/queue/secret-user${sessionOf('bob')}`;
    const headers = {
      simpOrigDestination: raw,
      simpDestination: raw,
      simpSessionId: sessionOf('bob'),
    };
    await mallory.subscribe('/topic/x', headers);
    await onlyReaches(secrets, mallory);
  });

  it('shows its own destination whatever a sender claims', async () => {
    mallory.send('/user/bob/queue/secret', 'hi', {
      simpOrigDestination: '/user/queue/bank',
      'user-name': 'bank',
      subscription: 'other',
    });
    const { headers, text } = await secrets.next();
    expect(text).toBe('hi');
    expect(headers).toMatchObject({ destination: '/user/queue/secret' });
    expect(headers).not.toHaveProperty('simpOrigDestination');
    expect(headers).not.toHaveProperty('user-name');
  });

  it('does not multiply a message through user destinations inside user destinations', async () => {
    const more = await Promise.all([as('bob'), as('bob'), as('bob')]);
    mallory.send(`${'/user/bob'.repeat(12)}/queue/secret`, 'boom');
    expect((await mallory.expectRefusal()).error.headers.message).toContain(
      'inside a user destination',
    );
    await Promise.all([...more, bob].map((one) => one.expectSilence()));
  });
});

describe('sending as another user', () => {
  it('is stopped by a rule, and reaches nobody', async () => {
    await start({
      ...withTokens,
      authorization: [
        { type: 'CONNECT', access: authenticated },
        { subscribe: '/user/queue/*', access: permitAll },
        { send: '/app/**', access: authenticated },
      ],
    });
    const bob = await as('bob');
    await bob.subscribe('/user/queue/secret');
    for (const destination of [
      '/user/bob/queue/secret',
      '/topic/x',
      '/queue/secret',
      '/queue//x',
    ]) {
      const mallory = await as('mallory');
      mallory.send(destination, 'forged');
      expect((await mallory.expectRefusal()).error.headers.message).toContain(
        'Access denied: SEND',
      );
    }
    await bob.expectSilence();
  });

  it('does not work by headers that name another user', async () => {
    await start(withTokens);
    const mallory = await as('mallory');
    const replies = await mallory.subscribe('/user/queue/who');
    mallory.send('/app/who', '', {
      simpUser: 'bob',
      'user-name': 'bob',
      login: 'bob',
      user: 'bob',
    });
    expect((await replies.next()).text).toBe('mallory');
  });
});

describe('frames out of their time', () => {
  it.each(['SEND', 'SUBSCRIBE', 'UNSUBSCRIBE', 'ACK', 'BEGIN', 'DISCONNECT'])(
    'before CONNECT: %s is refused and has no effect',
    async (command) => {
      await start(base);
      const bob = await connect();
      await bob.subscribe('/topic/x');
      const early = await open();
      early.frame(command, { destination: '/topic/x', id: '1', transaction: 't', receipt: 'r' });
      const { error } = await early.expectRefusal();
      expect(error.headers.message).toContain('CONNECT');
      await bob.expectSilence();
    },
  );

  it('behind a CONNECT that is still being decided: have no effect when it is refused', async () => {
    let refuse = (): void => undefined;
    await start({
      ...base,
      authenticate: (frame) =>
        frame.getLogin() === undefined
          ? undefined
          : new Promise((_, reject) => (refuse = () => reject(new Error('no such user')))),
    });
    const bob = await connect();
    await bob.subscribe('/topic/x');
    const early = await open();
    early.frame('CONNECT', { 'accept-version': '1.2', login: 'mallory' });
    early.send('/topic/x', 'too early');
    early.frame('SUBSCRIBE', { id: '1', destination: '/topic/x' });
    await bob.expectSilence();
    refuse();
    expect((await early.expectRefusal()).error.headers.message).toBe('no such user');
    await bob.expectSilence();
    expect(registry.getSessionCount()).toBe(1);
  });

  it('after DISCONNECT: have no effect', async () => {
    await start(base);
    const bob = await connect();
    await bob.subscribe('/topic/x');
    const late = await connect();
    late.frame('DISCONNECT', { receipt: 'bye' });
    late.send('/topic/x', 'too late');
    expect((await late.nextFrame()).headers['receipt-id']).toBe('bye');
    expect((await late.closed()).code).toBe(1000);
    await bob.expectSilence();
  });
});

describe('tokens', () => {
  beforeEach(() => start(withTokens));

  it.each([
    ['absent', undefined, 'The token is not ours', 1008],
    ['forged', tokenOf({ name: 'bob' }, 'their key'), 'The token is not ours', 1008],
    ['without signature', tokenOf({ name: 'bob' }).split('.')[0], 'The token is not ours', 1008],
    [
      'expired',
      tokenOf({ name: 'bob', exp: Date.now() - 1000 }),
      'The credentials have expired',
      4401,
    ],
  ])('%s: the connection closes, and nobody was there', async (_, token, text, code) => {
    const client = await open();
    const error = await client.sendConnect({ token });
    expect([error.command, error.headers.message]).toEqual(['ERROR', text]);
    expect((await client.closed()).code).toBe(code);
    expect(registry.getSessionCount()).toBe(0);
  });

  it('that end while the session lives end it', async () => {
    const bob = await connect({ token: tokenOf({ name: 'bob', exp: Date.now() + 1500 }) });
    await bob.subscribe('/user/queue/secret');
    expect((await bob.expectRefusal()).close.code).toBe(4401);
    await new Promise(setImmediate);
    expect(registry.getUserCount()).toBe(0);
  });
});

describe('renewal', () => {
  const options: StompModuleOptions = {
    ...withTokens,
    authorization: [
      { subscribe: '/topic/admin', access: hasRole('ADMIN') },
      { access: authenticated },
    ],
    renewal: {
      destination: '/app/renew',
      authenticate: ({ payload }) => verify(payload.toString()),
    },
  };
  const renew = (client: StompTestClient, claims: Claims): Promise<void> =>
    client.sendAndWait('/app/renew', tokenOf(claims));

  it('keeps a session alive beyond the first token', async () => {
    await start(options);
    const exp = Date.now() + 1500;
    const other = await connect({ token: tokenOf({ name: 'other', exp }) });
    const bob = await connect({ token: tokenOf({ name: 'bob', exp }) });
    await renew(bob, { name: 'bob', exp: exp + 60_000 });
    expect((await other.closed()).code).toBe(4401);
    await bob.expectSilence();
  });

  it('ends what the new rights do not allow', async () => {
    await start(options);
    const bob = await as('bob', 'ADMIN');
    const admins = await bob.subscribe('/topic/admin');
    const all = await bob.subscribe('/topic/all');
    await renew(bob, { name: 'bob', roles: [] });
    template.convertAndSend('/topic/admin', 'secret');
    template.convertAndSend('/topic/all', 'open');
    expect((await all.next()).text).toBe('open');
    await bob.expectSilence();
    await admins.unsubscribe();
  });

  it('does not make a session another user', async () => {
    await start(options);
    await as('bob', 'ADMIN');
    const mallory = await as('mallory');
    await expect(renew(mallory, { name: 'bob', roles: ['ADMIN'] })).rejects.toThrow('another user');
    expect((await mallory.closed()).code).toBe(1008);
    expect(registry.getUser('bob')!.sessions.size).toBe(1);
  });
});

describe('browsers of other sites', () => {
  it('are refused by their Origin before anything opens', async () => {
    await start(base);
    const headers = { origin: 'https://evil.example' };
    await expect(StompTestClient.open(app, { headers })).rejects.toThrow('403');
    expect(registry.getSessionCount()).toBe(0);
  });

  it('cannot CONNECT without the CSRF token of the HTTP session', async () => {
    await start({
      ...base,
      csrf: true,
      endpoints: [
        {
          path: '/stomp',
          handshakeInterceptors: [
            {
              beforeHandshake: (_handshake, _response, attributes) => {
                attributes.set('csrfToken', 'the token');
                return true;
              },
            },
          ],
        },
      ],
    });
    const evil = await open();
    const error = await evil.sendConnect({ 'X-CSRF-TOKEN': 'guess' });
    expect([error.command, error.headers.message]).toEqual([
      'ERROR',
      'Header "X-CSRF-TOKEN" of CONNECT is missing or not the CSRF token of this session',
    ]);
    expect((await evil.closed()).code).toBe(1008);
    await connect({ 'X-CSRF-TOKEN': 'the token' });
  });
});

it('a handshake that hangs is ended, and holds up nobody', async () => {
  await start({
    ...base,
    handshakeTimeoutMs: 100,
    endpoints: [
      {
        path: '/stomp',
        authenticateHandshake: ({ query }) =>
          query.has('hang') ? new Promise(() => undefined) : undefined,
      },
    ],
  });
  const hanging = StompTestClient.open(app, { path: '/stomp?hang' });
  const refused = expect(hanging).rejects.toThrow('503');
  await connect();
  await refused;
});

describe('names of users', () => {
  beforeEach(() => start(withTokens));

  it.each([
    'a\nrole:admin',
    'a\r\n\r\nbody\0',
    'a:b',
    'a\\nb',
    'ü/ö',
    '*',
    '__proto__',
    'bob/queue/secret',
  ])('%j make no header, and reach nobody else', async (name) => {
    const bob = await as('bob');
    await bob.subscribe('/user/queue/secret');
    const odd = await open();
    const connected = await odd.sendConnect({ token: tokenOf({ name }) });
    expect(connected.command).toBe('CONNECTED');
    expect(connected.headers).not.toHaveProperty('role');
    expect(connected.text).toBe('');
    const own = await odd.subscribe('/user/queue/secret');
    template.convertAndSendToUser(name, '/queue/secret', 'for the odd one');
    expect((await own.next()).text).toBe('for the odd one');
    await bob.expectSilence();
  });

  it('that hold %2F are refused where they would be mistaken for another', async () => {
    const odd = await connect({ token: tokenOf({ name: 'a%2Fb' }) });
    odd.frame('SUBSCRIBE', { id: '1', destination: '/user/queue/secret' });
    expect((await odd.expectRefusal()).error.headers.message).toContain('Invalid sequence');
    expect(() => template.convertAndSendToUser('a%2Fb', '/queue/secret', 'x')).toThrow('%2F');
  });

  it('equal to the id of a session do not get its messages', async () => {
    const anonymous = await as('anonymous');
    const own = await anonymous.subscribe('/user/queue/secret');
    const id = sessionOf('anonymous');
    const impostor = await as(id);
    await impostor.subscribe('/user/queue/secret');
    template.convertAndSendToUser(id, '/queue/secret', 'for the session', { sessionId: id });
    expect((await own.next()).text).toBe('for the session');
    await impostor.expectSilence();
  });
});

it('a check that fails tells the client nothing, and denies', async () => {
  await start({
    ...base,
    authorization: [
      { type: 'CONNECT', access: permitAll },
      { send: '/app/**', access: check(() => Promise.reject(new Error('db.internal is down'))) },
    ],
  });
  const client = await connect();
  client.send('/app/who');
  const { error, close } = await client.expectRefusal();
  expect(`${error.headers.message} ${error.text}`).not.toContain('db.internal');
  expect(close.code).toBe(1008);
});

it('a denied frame may leave the session alive and tell its error queue', async () => {
  await start({
    ...withTokens,
    onDenied: 'errorQueue',
    authorization: [
      { type: 'CONNECT', access: authenticated },
      { subscribe: '/user/queue/*', access: authenticated },
    ],
  });
  const [bob, mallory] = [await as('bob'), await as('mallory')];
  await bob.subscribe('/user/queue/errors');
  const errors = await mallory.subscribe('/user/queue/errors');
  mallory.frame('SUBSCRIBE', { id: '2', destination: '/topic/secret', receipt: 'r' });
  const denied = await errors.next();
  expect(denied.headers['receipt-id']).toBe('r');
  expect(denied.json()).toMatchObject({
    code: 'STOMP_ERR_ACCESS_DENIED',
    command: 'SUBSCRIBE',
    destination: '/topic/secret',
  });
  template.convertAndSend('/topic/secret', 'x');
  await mallory.expectSilence();
  await bob.expectSilence();
});

it('logout closes all sessions of a user, and no others', async () => {
  await start(withTokens);
  const [one, two, bob] = [await as('ann'), await as('ann'), await as('bob')];
  expect(registry.disconnect('ann', { code: 4001, reason: 'logged out' })).toBe(2);
  expect(await Promise.all([one.closed(), two.closed()])).toEqual([
    { code: 4001, reason: 'logged out' },
    { code: 4001, reason: 'logged out' },
  ]);
  await bob.expectSilence();
});
