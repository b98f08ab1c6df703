import { jest } from '@jest/globals';
import {
  ForbiddenException,
  Logger,
  ServiceUnavailableException,
  UnauthorizedException,
} from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { errors as jose } from 'jose';
import { StompException } from '../../lib/exception/index.js';
import {
  SimpMessageHeaderAccessor,
  SimpMessageType,
  type Message,
  type StompHeaderAccessor,
  type StompPrincipal,
} from '../../lib/message/index.js';
import { StompSubProtocolErrorHandler } from '../../lib/session/index.js';
import type { MemoryConnection, MemoryConnectionOptions } from '../support/memory-connection.js';
import type { Headers } from '../support/stomp-wire.js';
import { message, SessionRig, type RigOptions } from '../support/session-rig.js';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('CONNECT', () => {
  let rig: SessionRig;

  const start = (options?: RigOptions): SessionRig => (rig = new SessionRig(options));

  afterEach(() => rig.stop());

  describe('version', () => {
    it.each([
      ['1.2', '1.2'],
      ['1.0,1.1,1.2', '1.2'],
      ['1.1,1.0', '1.1'],
      ['1.0, 1.1', '1.1'],
      ['1.0,1.1,2.0', '1.1'],
    ])('answers accept-version %s with %s', (accepted, version) => {
      const client = start().connect({ 'accept-version': accepted });
      expect(client.frames[0]).toMatchObject({ command: 'CONNECTED', headers: { version } });
    });

    it('speaks 1.0 with a client that names no version', () => {
      const client = start().open();
      client.send('CONNECT', { login: 'guest' });
      expect(client.frames[0]!.headers.version).toBe('1.0');
    });

    it('takes the headers of a 1.0 client as its specification writes them', () => {
      start({ authenticate: (connect) => ({ name: connect.getLogin()! }) });
      const client = rig.open();
      client.sendOctets(
        'CONNECT\nlogin: guest\nheart-beat: 0,0\n\n\0SUBSCRIBE\ndestination: /topic/a\nack: auto\n\n\0',
      );
      expect(client.frames[0]!.headers).toMatchObject({ version: '1.0', 'user-name': 'guest' });
      expect(rig.broker.seen[1]!.headers.destination).toBe('/topic/a');
    });

    it('lists its versions in the ERROR when none is common, then closes with 1002', () => {
      const client = start().connect({ 'accept-version': '9.9' });
      expect(client.frames).toHaveLength(1);
      expect(client.frames[0]).toMatchObject({
        command: 'ERROR',
        headers: { version: '1.0,1.1,1.2' },
      });
      expect(client.closed?.code).toBe(1002);
    });

    it('takes STOMP for CONNECT', () => {
      const client = start().open();
      client.send('STOMP', { 'accept-version': '1.2', host: 'test' });
      expect(client.frames[0]!.command).toBe('CONNECTED');
    });

    it('decodes what follows CONNECT in the same chunk by the version agreed', () => {
      const client = start().open();
      client.sendOctets(
        'CONNECT\naccept-version:1.0\n\n\0SEND\ndestination:/topic/a\nk:a\\cb\n\n\0',
      );
      expect(rig.broker.seen[1]!.headers.native.get('k')).toBe('a\\cb');
    });
  });

  it('answers with its own heart-beats, whatever the client wants', () => {
    const client = start().connect({ 'heart-beat': '60000,70000' });
    expect(client.frames[0]!.headers['heart-beat']).toBe('10000,10000');
  });

  it('refuses heart-beats that are no numbers', () => {
    const client = start().connect({ 'heart-beat': 'a,-5' });
    expect(client.frames[0]!.command).toBe('ERROR');
    expect(client.frames[0]!.headers.message).toContain('heart-beat');
    expect(client.closed?.code).toBe(1002);
  });

  it('refuses heart-beats in the version that CONNECT asks for', () => {
    const client = start().open();
    client.sendOctets('CONNECT\nheart-beat:0, 0\n\n\0');
    const error = client.batches[0]!.frames[0]!.octets.toString();
    expect(error).toContain('message:Header heart-beat must be two numbers of milliseconds: ');
  });

  it('sends no RECEIPT for CONNECT', () => {
    const client = start().connect({ receipt: 'r-0' });
    expect(client.frames.map((frame) => frame.command)).toEqual(['CONNECTED']);
  });

  it('refuses a second CONNECT and copies its receipt', () => {
    const client = start().connect();
    client.send('CONNECT', { 'accept-version': '1.2', receipt: 'again' });
    expect(client.frames[1]).toMatchObject({
      command: 'ERROR',
      headers: { 'receipt-id': 'again' },
    });
    expect(client.frames[1]!.headers.message).toContain('CONNECT may be sent once');
    expect(client.closed?.code).toBe(1002);
  });

  it.each(['SEND', 'SUBSCRIBE', 'DISCONNECT', 'ACK', 'BEGIN'])(
    'refuses %s before CONNECT, and nobody sees it',
    (command) => {
      const client = start().open();
      client.send(command, { id: '1', destination: '/topic/a', transaction: 't', receipt: 'r' });
      expect(client.frames[0]).toMatchObject({
        command: 'ERROR',
        headers: { 'receipt-id': 'r' },
      });
      expect(client.frames[0]!.headers.message).toContain(`${command} came before CONNECT`);
      expect(rig.broker.seen).toEqual([]);
    },
  );

  it('refuses a heart-beat before CONNECT', () => {
    const client = start().open();
    client.sendOctets('\n');
    expect(client.frames[0]!.command).toBe('ERROR');
    expect(client.closed?.code).toBe(1002);
  });

  it('refuses frames larger than 8 KiB before CONNECTED, and takes them after', () => {
    const large = 'x'.repeat(9000);
    const stranger = start().open();
    stranger.send('CONNECT', { 'accept-version': '1.2', large });
    expect(stranger.frames[0]!.command).toBe('ERROR');
    const client = rig.connect();
    client.send('SEND', { destination: '/topic/a' }, large);
    expect(rig.broker.seen.at(-1)!.payload.toString()).toBe(large);
  });

  it('names the user of the handshake in CONNECTED', () => {
    const client = start().connect({}, { user: { name: 'alice' } });
    expect(client.frames[0]!.headers['user-name']).toBe('alice');
  });

  it('leaves a user name out of CONNECTED that would make headers of its own', () => {
    const client = start().connect({}, { user: { name: 'a\nversion:9\n\nbody' } });
    expect(client.frames[0]!.lines.map(([name]) => name)).toEqual(['version', 'heart-beat']);
  });

  it('keeps the passcode out of everything that can be printed', () => {
    start().connect({ login: 'alice', passcode: 's3cret' });
    const message = rig.broker.seen[0]!;
    expect(JSON.stringify(message)).not.toContain('s3cret');
    expect(message.headers.native.get('passcode')).toBe('PROTECTED');
    expect(message.headers.fields.passcode!.reveal()).toBe('s3cret');
  });

  it('publishes connect, then connected before CONNECTED is written', () => {
    start();
    const written: number[] = [];
    const client = rig.open();
    rig.events.on('sessionConnected', () => written.push(client.frames.length));
    client.send('CONNECT', { 'accept-version': '1.2' });
    expect(rig.eventTypes()).toEqual(['sessionConnect', 'sessionConnected']);
    expect(written).toEqual([0]);
  });

  it('waits for the brokers', async () => {
    start();
    let accept!: () => void;
    rig.broker.onMessage = () => new Promise<void>((resolve) => (accept = resolve));
    const client = rig.connect();
    await settle();
    expect(client.frames).toEqual([]);
    accept();
    await settle();
    expect(client.frames[0]!.command).toBe('CONNECTED');
  });

  it('stays unconnected when an interceptor drops CONNECT', () => {
    start().inbound.addInterceptors({ preSend: (m) => (m.headers.native.has('drop') ? null : m) });
    const client = rig.connect({ drop: 'yes' });
    expect(client.frames).toEqual([]);
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
    expect(client.frames[0]!.command).toBe('ERROR');
  });

  it('lets a client try again after an interceptor dropped its CONNECT', () => {
    start().inbound.addInterceptors({ preSend: (m) => (m.headers.native.has('drop') ? null : m) });
    const client = rig.connect({ drop: 'yes' });
    client.send('CONNECT', { 'accept-version': '1.2' });
    expect(client.frames[0]!.command).toBe('CONNECTED');
  });

  describe('after a CONNECT that came to nothing', () => {
    const authenticate = (connect: StompHeaderAccessor): StompPrincipal | undefined =>
      connect.getLogin() === undefined ? undefined : { name: connect.getLogin()! };
    class Silent extends StompSubProtocolErrorHandler {
      override handleClientMessageProcessingError(): null {
        return null;
      }
    }
    const setRoot = (m: Message): Message => {
      if (m.headers.native.has('root'))
        SimpMessageHeaderAccessor.getAccessor(m).setUser({ name: 'root' });
      return m;
    };
    const refuse = (m: Message): null => {
      throw new Error(`no ${m.headers.user!.name}`);
    };

    describe.each<[string, RigOptions, (m: Message) => Message | null | Promise<Message | null>]>([
      ['dropped', {}, () => null],
      ['dropped later', {}, () => Promise.resolve(null)],
      ['refused without an ERROR', { errorHandler: new Silent() }, refuse],
      ['refused later', { errorHandler: new Silent() }, (m) => Promise.resolve(m).then(refuse)],
    ])('%s', (_how, options, end) => {
      const connectTwice = async (
        first: Headers,
        connection?: MemoryConnectionOptions,
      ): Promise<MemoryConnection> => {
        start({ authenticate, ...options }).inbound.addInterceptors(
          { preSend: setRoot },
          { preSend: (m) => (m.headers.native.has('end') ? end(m) : m) },
        );
        const client = rig.connect({ end: 'yes', ...first }, connection);
        await settle();
        client.send('CONNECT', { 'accept-version': '1.2' });
        await settle();
        return client;
      };

      it.each([
        ['authenticate', { login: 'alice' }],
        ['an interceptor', { root: 'yes' }],
      ])('the user that %s gave it is forgotten', async (_who, first) => {
        const client = await connectTwice({ login: 'guest', ...first });
        expect(client.frames[0]!.command).toBe('CONNECTED');
        expect(client.frames[0]!.headers).not.toHaveProperty('user-name');
        expect(rig.contextOf(client).user).toBeUndefined();
      });

      it("the handshake's user is back", async () => {
        const client = await connectTwice({ login: 'alice' }, { user: { name: 'bob' } });
        expect(client.frames[0]!.headers['user-name']).toBe('bob');
      });
    });

    it('that a broker refused, its user is forgotten', async () => {
      start({ authenticate, errorHandler: new Silent() });
      rig.broker.onMessage = () => Promise.reject(new Error('away'));
      const client = rig.connect({ login: 'alice' });
      await settle();
      expect(rig.contextOf(client).user).toBeUndefined();
      expect(rig.contextOf(client).version).toBeUndefined();
    });
  });

  it('answers with the text of the interceptor that refuses', () => {
    const refuse = (): never => {
      throw new Error('Account blocked');
    };
    const client = start();
    client.inbound.addInterceptors({ preSend: refuse });
    const refused = rig.connect();
    expect(refused.frames[0]).toMatchObject({
      command: 'ERROR',
      headers: { message: 'Account blocked' },
    });
    expect(refused.closed?.code).toBe(1002);
    expect(rig.eventTypes()).toEqual([]);
  });

  describe('authenticate', () => {
    it('gives the session its user before anything else sees CONNECT', () => {
      const seen: (string | undefined)[] = [];
      start({ authenticate: (connect) => ({ name: connect.getLogin()! }) });
      rig.inbound.addInterceptors({
        preSend: (m) => {
          seen.push(m.headers.user?.name);
          return m;
        },
      });
      const client = rig.connect({ login: 'alice', passcode: 'x' });
      expect(seen).toEqual(['alice']);
      expect(client.frames[0]!.headers['user-name']).toBe('alice');
    });

    it('sees login, passcode and the handshake', () => {
      let passcode: string | undefined;
      let url: string | undefined;
      start({
        authenticate: (connect, handshake) => {
          passcode = connect.getPasscode();
          url = handshake.url;
        },
      });
      rig.connect({ login: 'alice', passcode: 's3cret' });
      expect([passcode, url]).toEqual(['s3cret', '/ws']);
    });

    it('keeps every other frame waiting while it is asynchronous', async () => {
      let decide!: (user: StompPrincipal) => void;
      start({ authenticate: () => new Promise<StompPrincipal>((resolve) => (decide = resolve)) });
      const client = rig.connect();
      client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
      client.send('SEND', { destination: '/topic/a' }, 'x');
      await settle();
      expect(rig.broker.seen).toEqual([]);
      decide({ name: 'alice' });
      await settle();
      expect(rig.broker.commands()).toEqual(['CONNECT', 'SUBSCRIBE', 'SEND']);
      expect(rig.broker.seen.every((one: Message) => one.headers.user?.name === 'alice')).toBe(
        true,
      );
      rig.flush();
      expect(client.frames.map((frame) => frame.command)).toEqual(['CONNECTED', 'MESSAGE']);
    });

    it.each([
      [
        'at once',
        (): never => {
          throw new Error('Bad credentials');
        },
      ],
      ['later', () => Promise.reject(new Error('Bad credentials'))],
    ])('refuses with its text and 1008 what it throws %s', async (_when, authenticate) => {
      const client = start({ authenticate }).connect();
      client.send('SEND', { destination: '/topic/a' });
      await settle();
      expect(client.frames.map((frame) => frame.headers.message)).toEqual(['Bad credentials']);
      expect(client.closed?.code).toBe(1008);
      expect(rig.broker.seen).toEqual([]);
    });

    describe('that throws', () => {
      let error: jest.SpiedFunction<Logger['error']>;

      beforeEach(() => (error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined)));
      afterEach(() => error.mockRestore());

      function refusal(thrown: unknown): [code: number | undefined, texts: unknown[]] {
        const authenticate = (): never => {
          throw thrown;
        };
        const client = start({ authenticate }).connect();
        return [client.closed?.code, client.frames.map(({ headers }) => headers.message)];
      }
      const system = { errno: -111, code: 'ECONNREFUSED', syscall: 'connect' };
      const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.5:5432'), system);

      it.each<[string, unknown]>([
        ['a mistake in a program', new TypeError("reading 'id' of undefined")],
        ['a text that does not parse', new SyntaxError('Unexpected token')],
        ['a system that failed', refused],
        ['a name that is not found', Object.assign(new Error('x'), { code: 'EAI_AGAIN' })],
        ['what a driver made of it', new Error('10.0.0.5 is down', { cause: refused })],
        ['a database that failed', Object.assign(new Error('no table'), { code: '42P01' })],
        ['a status of 503', new ServiceUnavailableException('10.0.0.5 is down')],
        ['a time-out', Object.assign(new Error('slow'), { name: 'TimeoutError' })],
      ])('%s, tells the client nothing and the log all', (_what, fault) => {
        expect(refusal(fault)).toEqual([1011, ['The login failed by a mistake of the server']]);
        expect(error.mock.calls).toEqual([
          [expect.stringContaining(String(fault)), (fault as Error).stack],
        ]);
      });

      const circular = new Error('No such user');
      circular.cause = circular;

      it.each<[string, unknown, number, string]>([
        ['an exception of Nest', new UnauthorizedException('No such user'), 1008, 'No such user'],
        ['one that has a cause', new ForbiddenException('No', { cause: refused }), 1008, 'No'],
        ['one of gateways', new WsException('No such user'), 1008, 'No such user'],
        ['one of a library of tokens', new jose.JWSInvalid('Bad'), 1008, 'Bad'],
        [
          'one with a close code',
          Object.assign(new TypeError('No'), { closeCode: 4003 }),
          4003,
          'No',
        ],
        [
          'a code of the application',
          Object.assign(new Error('Too old'), { code: 'EXPIRED' }),
          1008,
          'Too old',
        ],
        ['a text', 'No such user', 1008, 'No such user'],
        ['what is its own cause', circular, 1008, 'No such user'],
      ])('%s, refuses the client with its text', (_what, thrown, code, text) => {
        const [closeCode, texts] = refusal(thrown);
        expect([closeCode, texts]).toEqual([code, [expect.stringContaining(text)]]);
        expect(error.mock.calls).toEqual([]);
      });
    });

    describe.each([
      ['a text', 'alice', 'a string'],
      ['an object without a name', { id: 1 }, '"name" is missing'],
      ['a number for a name', { name: 7 }, '"name" is a number'],
      ['an empty name', { name: '' }, '"name" is empty'],
      ['an empty destinationUserName', { name: 'a', destinationUserName: '' }, 'is empty'],
      [
        'an expiresAt in seconds',
        { name: 'a', expiresAt: Math.ceil(Date.now() / 1000) + 60 },
        'is before 1974, as seconds are',
      ],
      ['an expiresAt that is no time', { name: 'a', expiresAt: NaN }, 'is no time'],
      ['a Date that is none', { name: 'a', expiresAt: new Date('soon') }, 'is no time'],
      ['a text for expiresAt', { name: 'a', expiresAt: '2100-01-01' }, 'is a string'],
      ['null for expiresAt', { name: 'a', expiresAt: null }, 'is null'],
    ])('refuses %s', (_what, user, text) => {
      let error: jest.SpiedFunction<Logger['error']>;

      beforeEach(() => (error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined)));
      afterEach(() => error.mockRestore());

      it('for a principal, which the log explains', async () => {
        const client = start({ authenticate: () => user as StompPrincipal }).connect();
        await settle();
        expect(client.frames.map(({ headers }) => headers.message)).toEqual([
          'The login failed by a mistake of the server',
        ]);
        expect(client.closed?.code).toBe(1011);
        expect(rig.broker.seen).toEqual([]);
        expect(error.mock.calls).toHaveLength(1);
        expect(error.mock.calls[0]![0]).toContain(text);
      });

      it('that an interceptor sets', () => {
        start().inbound.addInterceptors({
          preSend: (m) => {
            SimpMessageHeaderAccessor.getAccessor(m).setUser(user as StompPrincipal);
            return m;
          },
        });
        expect(rig.connect().closed?.code).toBe(1011);
        expect(rig.eventTypes()).not.toContain('sessionConnected');
      });
    });

    it('closes with the code of the exception when it has one', () => {
      const error = new StompException('Token expired', { code: 'X', closeCode: 4401 });
      const client = start({
        authenticate: () => {
          throw error;
        },
      }).connect();
      expect(client.closed?.code).toBe(4401);
    });

    it('does not send CONNECT on when the client left meanwhile', async () => {
      let decide!: (user: StompPrincipal) => void;
      start({ authenticate: () => new Promise<StompPrincipal>((resolve) => (decide = resolve)) });
      const client = rig.connect();
      client.leave();
      decide({ name: 'alice' });
      await settle();
      expect(rig.broker.seen).toEqual([]);
      expect(rig.eventTypes()).toEqual([]);
    });

    it('refuses credentials that have ended with 4401', () => {
      const client = start({
        authenticate: () => ({ name: 'alice', expiresAt: Date.now() - 1 }),
      }).connect();
      expect(client.frames[0]!.command).toBe('ERROR');
      expect(client.closed?.code).toBe(4401);
    });

    it('refuses credentials that end while a broker takes its time', async () => {
      start({ authenticate: () => ({ name: 'alice', expiresAt: Date.now() + 5 }) });
      rig.broker.onMessage = () => new Promise((resolve) => setTimeout(resolve, 10));
      const client = rig.connect();
      while (!client.closed) await settle();
      expect(client.closed.code).toBe(4401);
      expect(client.framesOf('CONNECTED')).toEqual([]);
    });

    it('takes promises of any library', async () => {
      const user = {
        then: (resolve: (user: StompPrincipal) => void) => resolve({ name: 'alice' }),
      };
      start({ authenticate: () => user as unknown as Promise<StompPrincipal> });
      const client = rig.connect();
      while (client.frames.length === 0) await settle();
      expect(client.frames[0]!.headers['user-name']).toBe('alice');
    });
  });

  it('refuses what a relayed broker answers when it cannot be understood', async () => {
    start();
    rig.broker.onMessage = async ({ headers: { sessionId } }) => {
      await settle();
      const fields = { messageType: SimpMessageType.CONNECT_ACK, sessionId };
      rig.outbound.send(message(fields, '', { version: '1.2', 'heart-beat': 'x,y' }));
    };
    const client = rig.connect();
    while (!client.closed) await settle();
    expect(client.frames.map((frame) => frame.command)).toEqual(['ERROR']);
  });
});
