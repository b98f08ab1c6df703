import { createServer, IncomingMessage, type Server } from 'node:http';
import { duplexPair } from 'node:stream';
import { Turn } from '../../lib/transport/index.js';
import { ownTime } from '../support/own-time.js';
import { closeOf, EndpointServerHarness } from './support/endpoint-server.harness.js';
import { until } from '../support/until.js';

const UPGRADE = { connection: 'Upgrade', upgrade: 'websocket' };
const KEY = { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
const HANDSHAKE = { ...UPGRADE, ...KEY, 'sec-websocket-version': '13' };

describe('EndpointServer', () => {
  let harness: EndpointServerHarness;
  afterEach(() => harness.stop());

  describe('paths', () => {
    it('takes every path of every endpoint and says which one', async () => {
      harness = await EndpointServerHarness.start({
        endpoints: [{ path: ['/a', 'b'] }, { path: '/c/' }],
      });

      for (const path of ['/a', '/b', '/c']) {
        await harness.connect(`${path}?x=1`);
        expect(harness.session.connection.endpoint).toBe(path);
        expect(harness.session.connection.handshake.query.get('x')).toBe('1');
      }
    });

    it.each(['/other', '/stomp/', '/stomp/below', '/stomper'])('leaves %s alone', async (path) => {
      harness = await EndpointServerHarness.start();

      expect((await harness.refusal(path)).status).toBe(404);
    });

    it('refuses two endpoints on one path', () => {
      harness = new EndpointServerHarness();

      expect(
        () => new EndpointServerHarness({ endpoints: [{ path: '/a' }, { path: 'a/' }] }),
      ).toThrow('Two endpoints have the path "/a"');
    });
  });

  describe('refusals', () => {
    beforeEach(async () => {
      harness = await EndpointServerHarness.start();
    });

    it('answers another method than GET with 405', async () => {
      const reply = await harness.http('POST', '/stomp', { body: 'x' });

      expect(reply).toMatchObject({ status: 405, body: '' });
      expect(reply.headers.allow).toBe('GET, CONNECT');
    });

    it('answers an upgrade by another method than GET with 405', async () => {
      expect((await harness.http('POST', '/stomp', { headers: HANDSHAKE })).status).toBe(405);
    });

    it('answers a plain GET with 400 and what is possible', async () => {
      const reply = await harness.http('GET', '/stomp');

      expect(reply).toMatchObject({ status: 400, body: 'Can "Upgrade" only to "WebSocket".' });
    });

    it('answers an upgrade to something else with 400', async () => {
      const headers = { ...HANDSHAKE, upgrade: 'h2c' };

      expect(await harness.http('GET', '/stomp', { headers })).toMatchObject({
        status: 400,
        body: 'Can "Upgrade" only to "WebSocket".',
      });
    });

    it('answers a Connection header without upgrade with 400', async () => {
      const headers = { ...HANDSHAKE, connection: 'close' };

      expect(await harness.http('GET', '/stomp', { headers })).toMatchObject({
        status: 400,
        body: '"Connection" must be "upgrade".',
      });
    });

    it.each<Record<string, string>>([{}, { 'sec-websocket-key': 'short' }])(
      'answers the key %j with 400',
      async (key) => {
        const headers = { ...UPGRADE, ...key, 'sec-websocket-version': '13' };

        expect(await harness.http('GET', '/stomp', { headers })).toMatchObject({
          status: 400,
          body: '',
        });
      },
    );

    it.each(['12', '8'])(
      'answers version %s with 426 and the version we speak',
      async (version) => {
        const headers = { ...HANDSHAKE, 'sec-websocket-version': version };
        const reply = await harness.http('GET', '/stomp', { headers });

        expect(reply.status).toBe(426);
        expect(reply.headers['sec-websocket-version']).toBe('13');
      },
    );

    it('counts them by status', async () => {
      await harness.http('GET', '/stomp');
      await harness.http('POST', '/stomp');

      expect(harness.endpoints.stats.refused).toEqual({ 400: 1, 405: 1 });
    });
  });

  describe('sub-protocols', () => {
    beforeEach(async () => {
      harness = await EndpointServerHarness.start();
    });

    it.each([
      [['v12.stomp'], 'v12.stomp'],
      [['v10.stomp', 'v12.stomp'], 'v10.stomp'],
      [['mqtt', 'v11.stomp'], 'v11.stomp'],
      [['V12.Stomp'], 'V12.Stomp'],
      [[], ''],
    ])('of %j agrees on "%s"', async (protocols, agreed) => {
      const client = await harness.connect('/stomp', { protocols });

      expect(client.protocol).toBe(agreed);
      expect(harness.session.connection.protocol).toBe(agreed);
    });

    it('accepts a client that asks for unknown ones only, without agreeing on any', async () => {
      await harness.connect('/stomp', { headers: { 'Sec-WebSocket-Protocol': 'mqtt' } });

      expect(harness.session.connection.protocol).toBe('');
    });
  });

  describe('on a server with other users', () => {
    it('lets requests of other paths through to their listener', async () => {
      const server = createServer((request, response) => response.end(`app ${request.url}`));
      harness = await EndpointServerHarness.start({ server });

      expect((await harness.http('GET', '/hello')).body).toBe('app /hello');
    });

    it('lets an upgrade of an unknown path become the request that it would be without us', async () => {
      const server = createServer((request, response) => response.end(`app ${request.url}`));
      harness = await EndpointServerHarness.start({ server });
      const headers = { connection: 'Upgrade', upgrade: 'h2c' };

      expect(await harness.http('GET', '/hello', { headers })).toMatchObject({
        status: 200,
        body: 'app /hello',
      });
    });

    it('leaves upgrades of other paths to their listener', async () => {
      harness = await EndpointServerHarness.start();
      harness.server.on('upgrade', (_, socket) => {
        socket.end('HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n');
      });

      expect((await harness.refusal('/other')).status).toBe(418);
      await harness.connect('/stomp');
    });

    it('shares one HTTP server with another instance', async () => {
      harness = await EndpointServerHarness.start();
      const second = new EndpointServerHarness({
        endpoints: [{ path: '/second' }],
        server: harness.server,
      });
      second.endpoints.attach(harness.server);

      await harness.connect('/stomp');
      await harness.connect('/second');
      expect((await harness.refusal('/third')).status).toBe(404);
      expect([harness.sessions.length, second.sessions.length]).toEqual([1, 1]);
      await second.endpoints.close();
      second.endpoints.detach();
    });

    it('leaves the server as it was when detached', async () => {
      harness = await EndpointServerHarness.start({
        server: createServer((_, response) => response.end('app')),
      });
      harness.endpoints.detach();

      expect((await harness.http('GET', '/stomp')).body).toBe('app');
      expect(harness.server.listenerCount('upgrade')).toBe(0);
      expect(Reflect.get(harness.server, 'emit')).toBe(Reflect.get(createServer(), 'emit'));
    });
  });

  describe('stopping', () => {
    it('answers new handshakes with 503 and when to come back', async () => {
      harness = await EndpointServerHarness.start();
      harness.endpoints.stopAccepting();
      const reply = await harness.refusal();

      expect(reply.status).toBe(503);
      expect(reply.headers['retry-after']).toBe('5');
    });

    it('closes every connection with 1001', async () => {
      harness = await EndpointServerHarness.start();
      const clients = [await harness.connect(), await harness.connect()];
      const closes = clients.map(closeOf);
      await harness.endpoints.close();

      expect(await Promise.all(closes)).toEqual([
        { code: 1001, reason: '' },
        { code: 1001, reason: '' },
      ]);
      expect(harness.sessions.map((session) => session.ended?.code)).toEqual([1001, 1001]);
      expect(harness.endpoints.stats.connections).toBe(0);
    });

    it('closes with another code', async () => {
      harness = await EndpointServerHarness.start();
      const close = closeOf(await harness.connect());
      await harness.endpoints.close({ code: 1012 });

      expect(await close).toEqual({ code: 1012, reason: '' });
    });

    it('cuts what is left at the deadline', async () => {
      harness = await EndpointServerHarness.start();
      const client = await harness.connect();
      client.pause();
      await harness.endpoints.close({ deadlineMs: 50 });

      expect(harness.session.ended).toEqual({ code: 1001, reason: '' });
    });

    it('cuts a handshake that is still running', async () => {
      let release!: (value: boolean) => void;
      const answer = new Promise<boolean>((resolve) => (release = resolve));
      harness = await EndpointServerHarness.start({
        endpoints: [{ path: '/stomp', handshakeInterceptors: [{ beforeHandshake: () => answer }] }],
      });
      const refusal = harness.refusal();
      await until(() => harness.endpoints.pendingHandshakes === 1);
      await harness.endpoints.close();
      release(true);

      expect((await refusal).status).toBe(503);
      expect(harness.sessions).toEqual([]);
    });
  });

  it('ends within two seconds with 1,000 clients of which one does not read', async () => {
    harness = await EndpointServerHarness.start({ turn: new Turn() });
    const clients = await Promise.all(Array.from({ length: 1_000 }, () => harness.connect()));
    clients[500]!.pause();
    const started = ownTime();
    await harness.endpoints.close();

    expect(ownTime() - started).toBeLessThan(2_000);
    expect(harness.endpoints.stats.connections).toBe(0);
  }, 60_000);

  it('takes eight handshakes in one turn of the event loop, and the others after it', async () => {
    harness = await EndpointServerHarness.start();
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    for (let client = 0; client < 20; client++) emitUpgrade(harness.server);

    const { endpoints, sessions } = harness;
    expect([sessions.length, endpoints.pendingHandshakes]).toEqual([8, 12]);
    await turn();
    expect([sessions.length, endpoints.pendingHandshakes]).toEqual([16, 4]);
    await turn();
    expect([sessions.length, endpoints.pendingHandshakes]).toEqual([20, 0]);
    await endpoints.close();
  });

  it('survives a client that leaves during the handshake', async () => {
    let release!: (value: boolean) => void;
    const answer = new Promise<boolean>((resolve) => (release = resolve));
    harness = await EndpointServerHarness.start({
      endpoints: [{ path: '/stomp', handshakeInterceptors: [{ beforeHandshake: () => answer }] }],
    });
    const client = harness.client();
    await until(() => harness.endpoints.pendingHandshakes === 1);
    client.terminate();
    release(true);

    await until(() => harness.endpoints.pendingHandshakes === 0);
    await until(() => harness.sessions.every((session) => session.ended?.code === 1006));
    expect(harness.endpoints.stats.connections).toBe(0);
  });
});

/** What Node does with a request for an upgrade, without a socket of the system. */
function emitUpgrade(server: Server): void {
  const [client, socket] = duplexPair();
  client.resume();
  client.once('end', () => client.end());
  const request = new IncomingMessage(socket as never);
  Object.assign(request, { method: 'GET', url: '/stomp', headers: HANDSHAKE });
  server.emit('upgrade', request, socket, Buffer.alloc(0));
}
