import { Logger } from '@nestjs/common';
import { jest } from '@jest/globals';
import {
  PublishSubscribeChannel,
  type HandlingResult,
  type SendResult,
  type SessionControl,
} from '../../lib/channel/index.js';
import { StompCommand } from '../../lib/frame/index.js';
import {
  SimpMessageType,
  type Message,
  type SessionContext,
  type StompPrincipal,
} from '../../lib/message/index.js';
import {
  AccessDeniedException,
  anonymous,
  authenticated,
  check,
  denyAll,
  hasAnyRole,
  hasRole,
  permitAll,
  securityInterceptors,
  type AuthorizationRule,
  type SecurityOptions,
} from '../../lib/security/index.js';
import { until } from '../support/until.js';
import { fromClient, session } from '../user/verbs.js';

const { CONNECT, MESSAGE, SUBSCRIBE, UNSUBSCRIBE, DISCONNECT, HEARTBEAT, OTHER } = SimpMessageType;

let inbound: PublishSubscribeChannel;
let passed: Message[];
let told: Message<Buffer>[];
let tell: (message: Message<Buffer>) => unknown;

const nobody: SessionControl = {
  closeSession: () => false,
  renewUser: () => false,
  endSubscription: () => Promise.resolve(false),
};

function secure(options: SecurityOptions, separator = '/'): void {
  inbound = new PublishSubscribeChannel(
    'clientInboundChannel',
    (message) => message.headers.sessionId,
  );
  const brokerChannel = new PublishSubscribeChannel('brokerChannel');
  passed = [];
  told = [];
  tell = (message) => void told.push(message);
  brokerChannel.subscribe({
    handleMessage: (message) => tell(message as Message<Buffer>) as HandlingResult,
  });
  inbound.addInterceptors(
    ...securityInterceptors(options, { brokerChannel, control: nobody, separator }).inbound,
  );
  inbound.subscribe({ handleMessage: (message) => void passed.push(message) });
}

const rules = (...authorization: AuthorizationRule[]): void => secure({ authorization });
const user = (name: string, ...roles: string[]): SessionContext =>
  session(`session-of-${name}`, { name, roles });
const guest = session('guest');
const ann = user('ann');
const admin = user('root', 'ADMIN');

const subscribe = (by: SessionContext, destination: string): SendResult =>
  inbound.send(fromClient(SUBSCRIBE, by, destination));
const send = (by: SessionContext, destination: string): SendResult =>
  inbound.send(fromClient(MESSAGE, by, destination));
const other = (command: StompCommand): Message => {
  const message = fromClient(OTHER, guest);
  message.headers.fields.command = command;
  return message;
};

afterEach(() => jest.restoreAllMocks());

describe('without rules', () => {
  it('every frame passes', () => {
    secure({});
    expect(send(guest, '/topic/x')).toBe(true);
    expect(subscribe(guest, '/topic/x')).toBe(true);
  });
});

describe('deny by default', () => {
  it('denies CONNECT, SEND and SUBSCRIBE that no rule is about', () => {
    rules({ send: '/app/**', access: permitAll });
    expect(() => inbound.send(fromClient(CONNECT, guest))).toThrow('Access denied: CONNECT');
    expect(() => send(guest, '/topic/x')).toThrow('Access denied: SEND "/topic/x"');
    expect(() => subscribe(guest, '/app/x')).toThrow('Access denied: SUBSCRIBE "/app/x"');
    expect(passed).toEqual([]);
  });

  it('denies everything with an empty list of rules', () => {
    rules();
    expect(() => send(admin, '/app/x')).toThrow(AccessDeniedException);
  });

  it('lets pass what only ends or acknowledges, unless a rule names it', () => {
    rules();
    expect(inbound.send(fromClient(UNSUBSCRIBE, guest, '/topic/x'))).toBe(true);
    for (const command of [
      StompCommand.ACK,
      StompCommand.NACK,
      StompCommand.BEGIN,
      StompCommand.COMMIT,
    ])
      expect(inbound.send(other(command))).toBe(true);
    rules({ type: 'BEGIN', access: denyAll });
    expect(() => inbound.send(other(StompCommand.BEGIN))).toThrow('Access denied: BEGIN');
    expect(inbound.send(other(StompCommand.COMMIT))).toBe(true);
  });

  it('never stops the end of a session or its heart-beat', () => {
    rules({ access: denyAll });
    expect(inbound.send(fromClient(DISCONNECT, guest))).toBe(true);
    expect(inbound.send(fromClient(HEARTBEAT, guest))).toBe(true);
  });

  it('leaves messages of the application alone', () => {
    rules();
    const message = fromClient(MESSAGE, guest, '/topic/x');
    message.headers.fields.session = undefined;
    expect(inbound.send(message)).toBe(true);
  });
});

describe('rules', () => {
  it('decide in order, the first that matches', () => {
    rules(
      { send: '/app/open', access: permitAll },
      { send: '/app/**', access: hasRole('ADMIN') },
      { send: '/app/closed', access: permitAll },
    );
    expect(send(ann, '/app/open')).toBe(true);
    expect(() => send(ann, '/app/closed')).toThrow(AccessDeniedException);
    expect(send(admin, '/app/closed')).toBe(true);
  });

  it('tell SEND from SUBSCRIBE', () => {
    rules({ subscribe: ['/topic/**', '/user/queue/*'], access: permitAll });
    expect(subscribe(guest, '/topic/x')).toBe(true);
    expect(subscribe(guest, '/user/queue/x')).toBe(true);
    expect(() => send(guest, '/topic/x')).toThrow(AccessDeniedException);
    expect(() => send(guest, '/user/ann/queue/x')).toThrow(AccessDeniedException);
  });

  it('may be about a kind of frame, a destination, both, or everything', () => {
    rules(
      { type: 'CONNECT', access: authenticated },
      { type: ['SEND', 'SUBSCRIBE'], destination: '/topic/x', access: denyAll },
      { destination: '/topic/**', access: permitAll },
      { access: hasRole('ADMIN') },
    );
    expect(() => inbound.send(fromClient(CONNECT, guest))).toThrow(AccessDeniedException);
    expect(inbound.send(fromClient(CONNECT, ann))).toBe(true);
    expect(() => send(ann, '/topic/x')).toThrow(AccessDeniedException);
    expect(send(ann, '/topic/y')).toBe(true);
    expect(() => send(ann, '/other')).toThrow(AccessDeniedException);
    expect(send(admin, '/other')).toBe(true);
  });

  it('follow the separator of the instance', () => {
    secure({ authorization: [{ send: '/app/red.{x}', access: permitAll }] }, '.');
    expect(send(guest, '/app/red.blue')).toBe(true);
    expect(() => send(guest, '/app/red.blue.green')).toThrow(AccessDeniedException);
  });

  it('are refused at start when they could not be meant so', () => {
    expect(() => rules({ send: '/app/{x:[}', access: permitAll })).toThrow('/app/{x:[}');
    expect(() => rules({ send: '/app', access: undefined as never })).toThrow('needs an access');
  });

  it.each([
    ['has destinations;', { destinations: ['/topic/public'] }],
    ['has subscription;', { subscription: '/topic/public' }],
    ['has no value for destination', { destination: undefined }],
    ['has no value for subscribe', { subscribe: undefined }],
    ['is about several things', { subscribe: '/topic/a', send: '/topic/a' }],
    ['is about several things', { send: '/topic/a', type: 'SEND' }],
    ['is about several things', { subscribe: '/topic/a', destination: '/topic/a' }],
    ['has the type "connect"; there are CONNECT,', { type: 'connect' }],
    ['has the type "MESSAGE"; there are CONNECT,', { type: ['SEND', 'MESSAGE'] }],
  ])('are refused when one %s', (text, rule) => {
    const refused = expect.objectContaining({
      code: 'STOMP_ERR_AUTHORIZATION_RULE',
      message: expect.stringContaining(text),
    });
    expect(() => rules({ ...rule, access: permitAll } as never)).toThrow(refused);
  });
});

it.each(['/user/queue/errors', 'queue/errors', ''])('no error queue is at %j', (errorQueue) => {
  expect(() => secure({ onDenied: 'errorQueue', errorQueue })).toThrow(
    expect.objectContaining({ code: 'STOMP_ERR_OPTION' }),
  );
});

describe('access', () => {
  const grants = (access: AuthorizationRule['access'], by: SessionContext): boolean => {
    rules({ send: '/x', access });
    try {
      return send(by, '/x') === true;
    } catch {
      return false;
    }
  };
  const both = user('both', 'A', 'B');

  it.each([
    ['permitAll', permitAll, [true, true, true]],
    ['denyAll', denyAll, [false, false, false]],
    ['authenticated', authenticated, [false, true, true]],
    ['anonymous', anonymous, [true, false, false]],
    ['hasRole', hasRole('A'), [false, false, true]],
    ['hasAnyRole', hasAnyRole('C', 'B'), [false, false, true]],
    ['hasAnyRole of none', hasAnyRole(), [false, false, false]],
  ])('%s', (_, access, expected) => {
    expect([guest, ann, both].map((by) => grants(access, by))).toEqual(expected);
  });

  it('finds roles in lists only', () => {
    const careless = session('careless', { name: 'careless', roles: 'A, B' as never });
    for (const access of [hasRole('A'), hasAnyRole('A')])
      expect(grants(access, careless)).toBe(false);
  });

  it('follows the rights that the user has now', () => {
    const changing = user('changing');
    rules({ send: '/x', access: hasRole('A') });
    expect(() => send(changing, '/x')).toThrow(AccessDeniedException);
    changing.user = { name: 'changing', roles: ['A'] };
    expect(send(changing, '/x')).toBe(true);
  });

  it('ends with the credentials, whoever forgot to close the session', () => {
    rules({ access: permitAll });
    const late = session('late', { name: 'late', expiresAt: new Date(Date.now() - 1) });
    expect(() => send(late, '/x')).toThrow(
      expect.objectContaining({ code: 'STOMP_ERR_CREDENTIALS_EXPIRED', closeCode: 4401 }),
    );
  });
});

describe('check', () => {
  it('gets user, variables, session and message', () => {
    const seen: unknown[] = [];
    rules({
      send: '/app/room/{room}/{id}',
      access: check(({ user: by, variables, session: from, message }) => {
        seen.push([by?.name, { ...variables }, from?.id, message.headers.destination]);
        return true;
      }),
    });
    send(ann, '/app/room/a/1');
    expect(seen).toEqual([['ann', { room: 'a', id: '1' }, 'session-of-ann', '/app/room/a/1']]);
  });

  it('may be asynchronous, and keeps the frames of a session in order', async () => {
    rules({
      send: '/app/{text}',
      access: check(async ({ variables }) => {
        await new Promise(setImmediate);
        return variables.text !== 'bad';
      }),
    });
    const results = ['a', 'bad', 'b'].map((text) => send(ann, `/app/${text}`));
    const settled = await Promise.allSettled(
      results.map((one) => (typeof one === 'object' ? one.completed : Promise.resolve(one))),
    );
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(passed.map(({ headers }) => headers.destination)).toEqual(['/app/a', '/app/b']);
  });

  it('denies whatever is not true', () => {
    for (const value of [undefined, 1, 'yes', {}, null]) {
      rules({ send: '/x', access: check(() => value as never) });
      expect(() => send(ann, '/x')).toThrow(AccessDeniedException);
    }
  });

  it('tells the client why when it throws a StompException', () => {
    const full = new AccessDeniedException('The room is full');
    rules({
      send: '/x',
      access: check(() => {
        throw full;
      }),
    });
    expect(() => send(ann, '/x')).toThrow(full);
  });

  it('denies and logs when it fails, and tells the client nothing of it', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    const leak = new Error('connect ECONNREFUSED db.internal:5432');
    rules(
      { send: '/sync', access: check(() => { throw leak; }) }, // prettier-ignore
      { send: '/async', access: check(() => Promise.reject(leak)) },
    );
    expect(() => send(ann, '/sync')).toThrow('Access denied: SEND "/sync"');
    const result = send(ann, '/async');
    if (typeof result !== 'object') throw new Error('not asynchronous');
    await expect(result.completed).rejects.toThrow('Access denied: SEND "/async"');
    expect(error).toHaveBeenCalledTimes(2);
  });
});

describe('a subscription with wildcards', () => {
  const guarded: AuthorizationRule[] = [
    { subscribe: '/topic/admin/**', access: hasRole('ADMIN') },
    {
      subscribe: '/topic/room/{room}',
      access: check(({ variables }) => variables.room !== 'secret'),
    },
    { subscribe: '/topic/**', access: permitAll },
  ];

  it.each([
    '/topic/**',
    '/topic/*/x',
    '/topic/a*/x',
    '/topic/?dmin/x',
    '/topic/{any}/x',
    '/topic/admin',
    '/topic//admin/x',
    '/topic/admin/*',
    '/**',
    '/topic/#',
    '/topic/>',
  ])('gets nothing by %s that is denied by name', (destination) => {
    rules(...guarded);
    expect(() => subscribe(ann, destination)).toThrow(AccessDeniedException);
  });

  it.each(['/topic/staff.#', '/topic/staff.>', '/topic/#.staff', '/topic/staff.#.#'])(
    'gets not what %s names when its wildcard stands for nothing',
    (destination) => {
      rules(
        { subscribe: '/topic/staff', access: hasRole('ADMIN') },
        { subscribe: '/topic/**', access: permitAll },
      );
      expect(() => subscribe(ann, destination)).toThrow(AccessDeniedException);
      expect(subscribe(admin, destination)).toBe(true);
    },
  );

  it('is not asked about a room it does not name', () => {
    rules(...guarded);
    for (const destination of [
      '/topic/room/*',
      '/topic/room/s*',
      '/topic/room/{room}',
      '/topic/room/?ecret',
    ])
      expect(() => subscribe(admin, destination)).toThrow(AccessDeniedException);
    expect(subscribe(ann, '/topic/room/lobby')).toBe(true);
    expect(() => subscribe(ann, '/topic/room/secret')).toThrow(AccessDeniedException);
  });

  it('passes where every rule about some of it lets it', () => {
    rules(guarded[0]!, guarded[2]!);
    expect(subscribe(admin, '/topic/**')).toBe(true);
    expect(subscribe(ann, '/topic/price/*')).toBe(true);
    expect(subscribe(ann, '/topic/price/**')).toBe(true);
  });

  it('is denied where no rule is about all of it', () => {
    rules({ subscribe: '/topic/price/*', access: permitAll });
    expect(subscribe(ann, '/topic/price/*')).toBe(true);
    expect(() => subscribe(ann, '/topic/price/**')).toThrow(AccessDeniedException);
  });

  it('never runs a regex from outside', () => {
    rules(...guarded);
    expect(() => subscribe(ann, '/topic/{x:(a+)+$}')).toThrow('{name:regex}');
  });
});

describe('onDenied: errorQueue', () => {
  const options = (authorization: AuthorizationRule[]): SecurityOptions => ({
    authorization,
    onDenied: 'errorQueue',
  });

  it('leaves the frame out and tells the session alone', () => {
    secure(options([{ type: 'CONNECT', access: permitAll }]));
    const message = fromClient(MESSAGE, ann, '/app/x');
    message.headers.fields.native.add('receipt', 'r1');
    expect(inbound.send(message)).toBe(false);
    expect(passed).toEqual([]);
    const [error] = told;
    expect(error!.headers.destination).toBe('/user/session-of-ann/queue/errors');
    expect(error!.headers.sessionId).toBe('session-of-ann');
    expect(error!.headers.native.get('receipt-id')).toBe('r1');
    expect(error!.headers.contentType).toBe('application/json');
    expect(JSON.parse(error!.payload.toString())).toEqual({
      code: 'STOMP_ERR_ACCESS_DENIED',
      message: 'Access denied: SEND "/app/x"',
      command: 'SEND',
      destination: '/app/x',
    });
  });

  it.each([
    [
      'at once',
      () => {
        throw new Error('broker is away');
      },
    ],
    ['later', () => Promise.reject(new Error('broker is away'))],
  ])('logs that the session cannot be told when that is refused %s', async (_, refuse) => {
    const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    secure(options([]));
    tell = refuse;
    expect(send(ann, '/app/x')).toBe(false);
    await until(() => error.mock.calls.length > 0);
    expect(error.mock.calls).toEqual([
      [expect.stringMatching(/could not be told.*broker is away/)],
    ]);
    error.mockRestore();
  });

  it('does not keep a refused CONNECT alive', () => {
    secure(options([]));
    expect(() => inbound.send(fromClient(CONNECT, ann))).toThrow(AccessDeniedException);
    expect(told).toEqual([]);
  });

  it('works for asynchronous checks and for their own texts', async () => {
    secure(
      options([
        { send: '/a', access: check(() => Promise.resolve(false)) },
        {
          send: '/b',
          access: check(() => Promise.reject(new AccessDeniedException('Room is full'))),
        },
      ]),
    );
    for (const destination of ['/a', '/b']) {
      const result = send(ann, destination);
      if (typeof result !== 'object') throw new Error('not asynchronous');
      expect(await result.completed).toBe(false);
    }
    expect(told.map(({ payload }) => JSON.parse(payload.toString()).message)).toEqual([
      'Access denied: SEND "/a"',
      'Room is full',
    ]);
  });
});

describe('names of users', () => {
  it.each(['a\nb:c', '{x}', '*', '../admin', '__proto__', 'ann%2Froot', 'constructor'])(
    'are compared as they are: %p',
    (name) => {
      const odd: StompPrincipal = { name, roles: ['USER'] };
      rules({
        send: '/app/of/{name}',
        access: check(({ user: by, variables }) => by?.name === variables.name),
      });
      expect(() => send(session('odd', odd), '/app/of/root')).toThrow(AccessDeniedException);
      if (!name.includes('/')) expect(send(session('odd', odd), `/app/of/${name}`)).toBe(true);
    },
  );
});

it('keeps deciding fast and bounded while destinations change with every frame', () => {
  rules({ send: '/app/**', access: permitAll });
  for (let i = 0; i < 10_000; i++) expect(send(ann, `/app/${i}`)).toBe(true);
  expect(() => send(ann, '/other')).toThrow(AccessDeniedException);
});
