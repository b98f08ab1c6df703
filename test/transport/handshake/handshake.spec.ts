import { jest } from '@jest/globals';
import { ForbiddenException, Logger } from '@nestjs/common';
import type { EndpointOptions, HandshakeInterceptor } from '../../../lib/transport/index.js';
import { EndpointServerHarness } from '../support/endpoint-server.harness.js';
import { until } from '../../support/until.js';

describe('handshakes', () => {
  let harness: EndpointServerHarness;
  const calls: string[] = [];
  beforeEach(() => calls.splice(0));
  afterEach(() => harness.stop());

  async function start(endpoint: Partial<EndpointOptions>, transport = {}): Promise<void> {
    harness = await EndpointServerHarness.start({
      endpoints: [{ path: '/stomp', ...endpoint }],
      transport,
    });
  }

  function recorder(name: string, before: boolean | Error = true): HandshakeInterceptor {
    return {
      beforeHandshake: () => {
        calls.push(`before ${name}`);
        if (before instanceof Error) throw before;
        return before;
      },
      afterHandshake: (_, error) => {
        calls.push(`after ${name}${error instanceof Error ? `: ${error.message}` : ''}`);
      },
    };
  }

  it.each([
    ['at once', () => ({ name: 7 })],
    ['later', () => Promise.resolve('alice')],
  ])('answers 500 when authenticateHandshake names somebody without a name %s', async (_, who) => {
    await start({ authenticateHandshake: who as never });

    expect((await harness.refusal()).status).toBe(500);
  });

  it('runs interceptors in order and their after hooks in reverse', async () => {
    await start({ handshakeInterceptors: [recorder('a'), recorder('b')] });
    await harness.connect();
    await until(() => calls.length === 4);

    expect(calls).toEqual(['before a', 'before b', 'after b', 'after a']);
  });

  it('tells only those that let it pass when one refuses', async () => {
    await start({ handshakeInterceptors: [recorder('a'), recorder('b', false), recorder('c')] });

    expect((await harness.refusal()).status).toBe(403);
    await until(() => calls.length === 3);
    expect(calls).toEqual([
      'before a',
      'before b',
      'after a: The handshake was answered 403: beforeHandshake of Object refused it',
    ]);
  });

  it('waits for an asynchronous interceptor', async () => {
    await start({ handshakeInterceptors: [{ beforeHandshake: () => Promise.resolve(false) }] });

    expect((await harness.refusal()).status).toBe(403);
  });

  it('answers with the status and headers that an interceptor sets', async () => {
    await start({
      handshakeInterceptors: [
        {
          beforeHandshake: (_, response) => {
            response.setStatus(402);
            response.setHeader('X-Why', 'unpaid');
            return false;
          },
        },
      ],
    });
    const reply = await harness.refusal();

    expect(reply.status).toBe(402);
    expect(reply.headers['x-why']).toBe('unpaid');
  });

  it('adds headers of an interceptor to the answer that accepts', async () => {
    await start({
      handshakeInterceptors: [
        {
          beforeHandshake: (_, response) => {
            response.setHeader('Set-Cookie', 'node=a');
            return true;
          },
        },
      ],
    });
    const client = harness.client();
    const headers = await new Promise((resolve) =>
      client.once('upgrade', (response) => resolve(response.headers)),
    );

    expect(headers).toMatchObject({ 'set-cookie': ['node=a'] });
  });

  it('refuses a header that would split the answer, as a fault of the interceptor', async () => {
    await start({
      handshakeInterceptors: [
        {
          beforeHandshake: (_, response) => {
            response.setHeader('X-A', 'a\r\nX-B: b');
            return true;
          },
        },
      ],
    });

    expect((await harness.refusal()).status).toBe(500);
  });

  it('makes attributes of interceptors those of the connection', async () => {
    await start({
      handshakeInterceptors: [
        {
          beforeHandshake: (handshake, _, attributes) => {
            attributes.set('tenant', handshake.query.get('tenant'));
            return true;
          },
        },
      ],
    });
    await harness.connect('/stomp?tenant=acme');

    expect([...harness.session.connection.attributes]).toEqual([['tenant', 'acme']]);
  });

  it('answers 500 when an interceptor throws', async () => {
    await start({ handshakeInterceptors: [recorder('a'), recorder('b', new Error('broken'))] });

    expect((await harness.refusal()).status).toBe(500);
    await until(() => calls.includes('after a: broken'));
  });

  it('answers with the status of an HttpException that an interceptor throws', async () => {
    await start({ handshakeInterceptors: [recorder('a', new ForbiddenException())] });

    expect((await harness.refusal()).status).toBe(403);
  });

  it('checks the origin behind the interceptors, before the form of the request', async () => {
    await start({ handshakeInterceptors: [recorder('a')] });
    const headers = { origin: 'http://evil.example' };

    expect((await harness.refusal('/stomp', { headers })).status).toBe(403);
    expect((await harness.http('GET', '/stomp', { headers })).status).toBe(403);
    expect(calls.filter((call) => call === 'before a')).toHaveLength(2);
  });

  it('allows the own origin and one of the list', async () => {
    await start({ allowedOrigins: ['http://allowed.example'] });

    await harness.connect('/stomp', { headers: { origin: `http://127.0.0.1:${harness.port}` } });
    await harness.connect('/stomp', { headers: { origin: 'http://allowed.example' } });
  });

  it.each([
    ['https', 'as most say'],
    ['wss', 'as Traefik says'],
  ])(
    'takes the origin that a trusted proxy forwards with %s, %s, for the own one',
    async (https) => {
      await start({}, { trustProxy: 1 });
      const forwarded = { 'x-forwarded-proto': https, 'x-forwarded-host': 'app.example' };
      await harness.connect('/stomp', {
        headers: { origin: 'https://app.example', ...forwarded, 'x-forwarded-for': '9.9.9.9' },
      });

      expect(harness.session.connection.handshake).toMatchObject({
        remoteAddress: '9.9.9.9',
        secure: true,
      });
    },
  );

  it('cuts a handshake that takes too long', async () => {
    await start(
      { handshakeInterceptors: [{ beforeHandshake: () => new Promise(() => undefined) }] },
      { handshakeTimeoutMs: 20 },
    );
    const reply = await harness.refusal();

    expect(reply.status).toBe(503);
    expect(reply.headers['retry-after']).toBe('5');
  });

  describe('that are refused are logged', () => {
    const logged: unknown[][] = [];

    beforeEach(() => {
      logged.splice(0);
      for (const level of ['debug', 'error'] as const)
        jest
          .spyOn(Logger.prototype, level)
          .mockImplementation((...entry: unknown[]) => void logged.push([level, ...entry]));
    });
    afterEach(() => jest.restoreAllMocks());

    const refusals: [string, Partial<EndpointOptions>, Record<string, string>, string][] = [
      ['an origin', {}, { origin: 'http://evil.example' }, 'the origin "http://evil.example"'],
      [
        'an interceptor',
        { handshakeInterceptors: [{ beforeHandshake: () => false }] },
        {},
        'beforeHandshake of Object refused it',
      ],
      [
        'a time',
        { handshakeInterceptors: [{ beforeHandshake: () => new Promise(() => undefined) }] },
        {},
        'handshakeTimeoutMs',
      ],
      [
        'an exception with a status',
        {
          authenticateHandshake: () => {
            throw new ForbiddenException('no entry');
          },
        },
        {},
        'no entry',
      ],
    ];

    it.each(refusals)('with %s that refused, for debugging', async (_, endpoint, headers, text) => {
      await start(endpoint, { handshakeTimeoutMs: 50 });
      await harness.refusal('/stomp', { headers });

      expect(logged).toEqual([['debug', expect.stringContaining(text)]]);
    });

    it('with the stack of an exception that says no status, as a fault', async () => {
      const error = new TypeError('database is down');
      await start({ authenticateHandshake: () => Promise.reject(error) });

      expect((await harness.refusal()).status).toBe(401);
      const text = expect.stringContaining('TypeError: database is down');
      expect(logged).toEqual([['error', text, error.stack]]);
    });

    it('with the interceptor that forgot to answer, as a fault', async () => {
      class Forgetful {
        beforeHandshake(): any {
          return undefined;
        }
      }
      await start({ handshakeInterceptors: [new Forgetful()] });

      expect((await harness.refusal()).status).toBe(500);
      const text = expect.stringContaining('beforeHandshake of Forgetful must return true');
      expect(logged).toEqual([['error', text, expect.stringContaining('StompException')]]);
    });
  });

  describe('authenticateHandshake', () => {
    it('names the user of the connection', async () => {
      await start({
        authenticateHandshake: (handshake) =>
          Promise.resolve({ name: handshake.query.get('user') ?? 'nobody' }),
      });
      await harness.connect('/stomp?user=amy');

      expect(harness.session.connection.user).toEqual({ name: 'amy' });
    });

    it('leaves the connection anonymous when it names nobody', async () => {
      await start({ authenticateHandshake: () => undefined });
      await harness.connect();

      expect(harness.session.connection.user).toBeUndefined();
    });

    it.each([
      [new Error('expired'), 401],
      [new ForbiddenException(), 403],
      [Object.assign(new Error('gone'), { status: 410 }), 410],
      [Object.assign(new Error('odd'), { status: 'no' }), 401],
    ])('refuses when it throws %s, with %d', async (error, status) => {
      await start({ authenticateHandshake: () => Promise.reject(error) });

      expect((await harness.refusal()).status).toBe(status);
    });
  });
});
