import { once } from 'node:events';
import { connect } from 'node:net';
import {
  FrameBatch,
  type SockJsOptions,
  type TransportOptions,
} from '../../../lib/transport/index.js';
import {
  droppableFrames,
  type EndpointServerHarness,
  frames,
  type HttpReply,
  inbox,
} from '../support/endpoint-server.harness.js';
import { newSession, startEcho, stream } from './sock-js.harness.js';
import { until } from '../../support/until.js';

const MINE = { 'x-forwarded-for': '9.9.9.1' };
const OTHERS = { 'x-forwarded-for': '9.9.9.2' };

describe('SockJS sessions', () => {
  let harness: EndpointServerHarness;
  let session: string;
  beforeEach(() => (session = newSession()));
  afterEach(() => harness.stop());

  async function start(
    sockJs: SockJsOptions = {},
    transport: TransportOptions = {},
  ): Promise<void> {
    harness = await startEcho(
      sockJs,
      {
        authenticateHandshake: ({ query }) => {
          const name = query.get('user');
          if (name === 'evil') throw new Error('no');
          return name ? { name } : undefined;
        },
      },
      { trustProxy: 1, ...transport },
    );
  }

  const post = (path: string, body = '', headers = {}): Promise<HttpReply> =>
    harness.http('POST', path, { body, headers });

  it('do not keep a server from ending when a client sent a request by half', async () => {
    await start();
    const { port, server, endpoints } = harness;
    await post(`${session}/xhr`);
    const client = connect(port, '127.0.0.1');
    const cut = once(client, 'close');
    client.write(
      `POST ${session}/xhr_send HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n["`,
    );
    // The server says "continue" when it takes the request.
    await once(client, 'data');
    const ended = new Promise((resolve) => server.close(resolve));
    await endpoints.close();
    await Promise.all([cut, ended]);
  });

  describe('belong to their client', () => {
    it('an anonymous one to its address', async () => {
      await start();
      await post(`${session}/xhr`, '', MINE);

      expect((await post(`${session}/xhr_send`, '["a"]', OTHERS)).status).toBe(404);
      expect((await post(`${session}/xhr`, '', OTHERS)).status).toBe(404);
      expect((await post(`${session}/xhr_send`, '["a"]', MINE)).status).toBe(204);
    });

    it('one with a user to this user, wherever it is', async () => {
      await start();
      await post(`${session}/xhr?user=amy`, '', MINE);

      expect((await post(`${session}/xhr_send`, '["a"]', MINE)).status).toBe(404);
      expect((await post(`${session}/xhr_send?user=bob`, '["a"]', MINE)).status).toBe(404);
      expect((await post(`${session}/xhr_send?user=evil`, '["a"]', MINE)).status).toBe(404);
      expect((await post(`${session}/xhr_send?user=amy`, '["a"]', OTHERS)).status).toBe(204);
      expect(harness.session.connection.user).toEqual({ name: 'amy' });
    });

    it('and to the transport that opened them', async () => {
      await start();
      await post(`${session}/xhr`);

      expect((await post(`${session}/xhr_streaming`)).status).toBe(404);
    });

    it('and to the path that opened them', async () => {
      harness = await startEcho({}, { path: ['/echo', '/other'] });
      await post(`${session}/xhr`);

      expect((await post(`${session.replace('/echo', '/other')}/xhr_send`, '["a"]')).status).toBe(
        404,
      );
    });
  });

  describe('and origins', () => {
    const evil = { origin: 'http://evil.example' };

    it.each(['info', '0/0/xhr', '0/0/xhr_send', '0/0/xhr_streaming'])(
      'by default nothing at %s answers another site',
      async (path) => {
        await start();
        const method = path === 'info' ? 'GET' : 'POST';
        const reply = await harness.http(method, `/echo/${path}`, { headers: evil });

        expect(reply).toMatchObject({ status: 403, body: 'Invalid CORS request' });
        expect(reply.headers['access-control-allow-origin']).toBeUndefined();
      },
    );

    it('a preflight request of another site is refused', async () => {
      await start();

      expect((await harness.http('OPTIONS', '/echo/0/0/xhr', { headers: evil })).status).toBe(403);
    });

    it('an allowed one gets CORS headers', async () => {
      harness = await startEcho({}, { allowedOrigins: ['http://allowed.example'] });
      const headers = { origin: 'http://allowed.example' };
      const reply = await harness.http('GET', '/echo/info', { headers });

      expect(reply.headers).toMatchObject({
        'access-control-allow-origin': 'http://allowed.example',
        'access-control-allow-credentials': 'true',
        vary: 'Origin',
      });
    });

    it('gets no CORS headers when they are left to somebody else, and is checked all the same', async () => {
      harness = await startEcho(
        { suppressCors: true },
        { allowedOrigins: ['http://allowed.example'] },
      );
      const headers = { origin: 'http://allowed.example' };
      const reply = await harness.http('GET', '/echo/info', { headers });

      expect(reply.headers['access-control-allow-origin']).toBeUndefined();
      expect((await harness.http('GET', '/echo/info', { headers: evil })).status).toBe(403);
    });

    it('a script of another site reads nothing by JSONP', async () => {
      await start();
      const own = `http://127.0.0.1:${harness.port}/page.html`;
      const answers = await Promise.all(
        [{ referer: '' }, { referer: 'http://evil.example/x' }, { referer: own }].map(
          async (headers) =>
            (await harness.http('GET', `${newSession()}/jsonp?c=x`, { headers })).status,
        ),
      );

      expect(answers).toEqual([403, 403, 200]);
    });

    it('the iframe is for the own origin by default, and not there when origins are listed', async () => {
      await start();
      const own = await harness.http('GET', '/echo/iframe.html');
      expect(own.headers['x-frame-options']).toBe('SAMEORIGIN');
      await harness.stop();

      harness = await startEcho({}, { allowedOrigins: ['http://allowed.example'] });
      expect((await harness.http('GET', '/echo/iframe.html')).status).toBe(404);
    });

    it('a list with a star is refused at start', async () => {
      await start();

      await expect(startEcho({}, { allowedOrigins: ['*'] })).rejects.toThrow(
        'use allowedOriginPatterns',
      );
    });
  });

  describe('are bounded', () => {
    it('in the bytes of a body', async () => {
      await start({ maxBodyBytes: 100 });
      await post(`${session}/xhr`);

      expect((await post(`${session}/xhr_send`, `["${'x'.repeat(90)}"]`)).status).toBe(204);
      expect((await post(`${session}/xhr_send`, `["${'x'.repeat(200_000)}"]`)).status).toBe(413);
      const told = { code: 1009, reason: 'A request may have 100 bytes' };
      await until(() => harness.session.ended !== undefined);
      expect(harness.session.ended).toEqual(told);
      await post(`${session}/xhr`);
      expect((await post(`${session}/xhr`)).body).toBe('c[1009,"A request may have 100 bytes"]\n');
    });

    it('in the bytes of a body, which ends nobody else’s session', async () => {
      await start({ maxBodyBytes: 100 });
      await post(`${session}/xhr`, '', MINE);
      const large = `["${'x'.repeat(100)}"]`;

      expect((await post(`${session}/xhr_send`, large, OTHERS)).status).toBe(413);
      expect((await post(`${session}/xhr_send`, '["a"]', MINE)).status).toBe(204);
    });

    it('in the bytes of a WebSocket message', async () => {
      await start({ maxBodyBytes: 100 });
      const client = await harness.connect(`${session}/websocket`);
      const closed = new Promise((resolve) => client.once('close', resolve));
      client.send(`["${'x'.repeat(96)}"]`);
      await until(() => harness.session.received.length === 1);
      client.send(`["${'x'.repeat(97)}"]`);

      expect(await closed).toBe(1009);
    });

    it('by default by twice what a plain WebSocket message may have: the quotes do not count', async () => {
      await start({}, { maxTextMessageBytes: 10_000 });
      const full = JSON.stringify(['"'.repeat(10_000)]);
      const client = await harness.connect(`${session}/websocket`);
      client.send(full);
      await until(() => harness.session.received.length === 1);
      const other = newSession();
      await post(`${other}/xhr`);

      expect((await post(`${other}/xhr_send`, full)).status).toBe(204);
      expect((await post(`${other}/xhr_send`, `["${'x'.repeat(21_021)}"]`)).status).toBe(413);
    });

    it('in the messages that wait for a client', async () => {
      await start({ httpMessageCacheSize: 3 });
      await post(`${session}/xhr`);
      for (let i = 0; i < 4; i++) harness.session.connection.write(frames(`${i}`));
      await until(() => harness.session.ended !== undefined);

      expect(harness.session.ended?.code).toBe(4500);
      expect(harness.session.slow).toEqual([{ policy: 'terminate', bufferedBytes: 4 }]);
      expect((await post(`${session}/xhr`)).body).toContain('c[4500,');
    });

    it('in the bytes that wait for a client', async () => {
      await start({}, { sendBufferSizeLimit: 1_000 });
      await post(`${session}/xhr`);
      harness.session.connection.write(frames('x'.repeat(1_001)));

      await until(() => harness.session.ended?.code === 4500);
    });

    it('and lose the oldest messages with drop-oldest', async () => {
      await start({ httpMessageCacheSize: 3 }, { slowClientPolicy: 'drop-oldest' });
      await post(`${session}/xhr`);
      const { connection } = harness.session;
      connection.write(frames('receipt'));
      for (let i = 0; i < 9; i++) connection.write(droppableFrames(`${i}`));

      expect((await post(`${session}/xhr`)).body).toBe('a["receipt","7","8"]\n');
      expect(harness.endpoints.stats.framesDropped).toBe(7);
      expect(harness.session.slow).toHaveLength(1);
    });

    it('in time without a request that receives', async () => {
      await start({ disconnectDelay: 40 });
      await post(`${session}/xhr`);
      await until(() => harness.session.ended !== undefined);

      expect(harness.session.ended?.code).toBe(1006);
      expect((await post(`${session}/xhr_send`, '["a"]')).status).toBe(404);
      expect(harness.endpoints.stats.connections).toBe(0);
    });

    it('in number, together with WebSockets', async () => {
      await start({}, { maxConnections: 1 });
      await post(`${session}/xhr`);

      expect((await post(`${newSession()}/xhr`)).status).toBe(503);
      expect((await harness.refusal('/echo')).status).toBe(503);
    });

    it('in the time that a streaming client may take', async () => {
      await start({ streamBytesLimit: 1e9 }, { sendTimeLimit: 80 });
      const response = await stream(harness.port, 'POST', `${session}/xhr_streaming`);
      response.response.pause();
      const { connection } = harness.session;
      while (connection.bufferedBytes === 0) {
        connection.write(frames('x'.repeat(200_000)));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await until(() => harness.session.ended !== undefined);

      expect(harness.session.ended?.code).toBe(4500);
    });
  });

  it('send a heart-beat frame when nothing else was sent', async () => {
    await start({ heartbeatTime: 30 });
    const polled = await post(`${session}/xhr`);
    const beat = await post(`${session}/xhr`);
    const client = harness.client(`${newSession()}/websocket`);
    const texts = inbox(client);
    const streamed = await stream(harness.port, 'POST', `${newSession()}/xhr_streaming`);
    await until(() => texts.length >= 3 && streamed.chunks.length >= 4);

    expect([polled.body, beat.body]).toEqual(['o\n', 'h\n']);
    expect(texts.slice(0, 3)).toEqual(['o', 'h', 'h']);
    expect(streamed.chunks.slice(1, 4)).toEqual(['o\n', 'h\n', 'h\n']);
    streamed.abort();
  });

  it('send no heart-beat frames when told that STOMP has its own', async () => {
    await start({ heartbeatTime: 300 });
    const client = await harness.connect(`${session}/websocket`);
    const texts = inbox(client);
    harness.session.connection.stopTransportHeartbeats();
    const streamed = await stream(harness.port, 'POST', `${newSession()}/xhr_streaming`);
    harness.session.connection.stopTransportHeartbeats();
    const beating = inbox(await harness.connect(`${newSession()}/websocket`));
    await until(() => beating.includes('h'));

    expect(texts.filter((text) => text === 'h')).toEqual([]);
    expect(streamed.chunks.slice(1)).toEqual(['o\n']);
    streamed.abort();
  });

  it('are pinged by a heart-beat frame', async () => {
    await start();
    const streamed = await stream(harness.port, 'POST', `${session}/xhr_streaming`);
    harness.session.connection.ping();
    await until(() => streamed.chunks.length === 3);

    expect(streamed.chunks[2]).toBe('h\n');
    streamed.abort();
  });

  it('read nothing more while paused, and lose nothing', async () => {
    await start();
    await post(`${session}/xhr`);
    const { connection } = harness.session;
    connection.pause();
    const sends = Array.from({ length: 11 }, (_, i) => post(`${session}/xhr_send`, `["${i}"]`));
    await until(() => harness.endpoints.stats.connections === 1);
    const first = await Promise.race(sends.map(async (send) => (await send).status));
    expect(harness.session.received).toEqual([]);
    connection.resume();
    const statuses = (await Promise.all(sends)).map(({ status }) => status);

    expect(first).toBe(503);
    expect(statuses.filter((status) => status === 204)).toHaveLength(10);
    expect(harness.session.received).toHaveLength(10);
  });

  it('leave out binary frames, and count them', async () => {
    await start();
    await post(`${session}/xhr`);
    const { connection } = harness.session;
    connection.write(new FrameBatch([{ octets: Buffer.from([255]), binary: true }], false));
    connection.write(frames('text'));

    expect(connection.supportsBinary).toBe(false);
    expect((await post(`${session}/xhr`)).body).toBe('a["text"]\n');
    expect(harness.endpoints.stats.binaryFramesDropped).toBe(1);
  });

  it('are closed with the server, and refused afterwards', async () => {
    await start();
    const streamed = await stream(harness.port, 'POST', `${session}/xhr_streaming`);
    await harness.endpoints.close();
    await until(() => streamed.isComplete);

    expect(streamed.chunks.at(-1)).toBe('c[1001,""]\n');
    expect(harness.session.ended?.code).toBe(1001);
    expect((await post(`${newSession()}/xhr`)).status).toBe(503);
  });

  it('are counted by transport', async () => {
    await start();
    await post(`${session}/xhr`);
    await harness.connect(`${newSession()}/websocket`);

    expect(harness.endpoints.stats.byTransport).toEqual({ xhr: 1, websocket: 1 });
  });

  it('have no part of their URL in what the application sees as the connection', async () => {
    await start();
    await post(`${session}/xhr`);

    expect(harness.session.connection.endpoint).toBe('/echo');
    expect(harness.session.connection.transport).toBe('xhr');
  });
});
