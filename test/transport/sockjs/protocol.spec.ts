import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { SockJsOptions } from '../../../lib/transport/index.js';
import {
  closeOf,
  EndpointServerHarness,
  type HttpReply,
  inbox,
} from '../support/endpoint-server.harness.js';
import { newSession, startEcho, stream } from './sock-js.harness.js';
import { until } from '../../support/until.js';

/** Resolves when the server of this process has begun with a request. */
function nextRequest(): Promise<void> {
  return new Promise((resolve) => {
    const name = 'http.server.request.start';
    const begin = (): void => {
      unsubscribe(name, begin);
      resolve();
    };
    subscribe(name, begin);
  });
}

const NOT_CACHED = 'no-store, no-cache, no-transform, must-revalidate, max-age=0';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** The rules of the SockJS protocol 0.3.3, in the order of its published tests. */
describe('SockJS protocol', () => {
  let harness: EndpointServerHarness;
  let session: string;
  beforeEach(() => (session = newSession()));
  afterEach(() => harness.stop());

  async function start(options: SockJsOptions = {}): Promise<void> {
    harness = await startEcho(options);
  }

  /** An endpoint that closes every session at once. */
  async function startClose(): Promise<void> {
    harness = await EndpointServerHarness.start({
      endpoints: [{ path: '/echo', sockJs: true, allowedOriginPatterns: ['*'] }],
      accept: (connection) => {
        connection.close(3000, 'Go away!');
        return { onData: () => undefined, onClose: () => undefined, onSlow: () => undefined };
      },
    });
  }

  const get = (path: string, headers = {}): Promise<HttpReply> =>
    harness.http('GET', path, { headers });
  const post = (path: string, body = '', headers = {}): Promise<HttpReply> =>
    harness.http('POST', path, { body, headers });
  const options = (path: string, headers = {}): Promise<HttpReply> =>
    harness.http('OPTIONS', path, { headers });
  const frame = async (path: string): Promise<string> => (await post(path)).body;

  describe('static URLs', () => {
    beforeEach(() => start());

    it.each(['/echo', '/echo/'])('%s greets', async (path) => {
      const reply = await get(path);

      expect(reply).toMatchObject({ status: 200, body: 'Welcome to SockJS!\n' });
      expect(reply.headers['content-type']).toBe('text/plain; charset=UTF-8');
      expect(reply.headers['set-cookie']).toBeUndefined();
    });

    it.each([
      '/a',
      '/a.html',
      '//',
      '///',
      '/a/a',
      '/a/a/',
      '/a/',
      '/iframe',
      '/IFRAME.HTML',
      '/iframe-/.html',
    ])('%s below it is not found', async (path) => {
      expect((await get(`/echo${path}`)).status).toBe(404);
    });

    it.each(['/iframe.html', '/iframe-a.html', '/iframe-0.1.2abc-dirty.2144.html?t=1'])(
      '%s is the page of the iframe, cacheable for long',
      async (path) => {
        const reply = await get(`/echo${path}`);

        expect(reply.status).toBe(200);
        expect(reply.body).toContain('SockJS.bootstrap_iframe();');
        expect(reply.body).toContain('src="https://cdn.jsdelivr.net/npm/sockjs-client@1/');
        expect(reply.headers).toMatchObject({
          'content-type': 'text/html; charset=UTF-8',
          'cache-control': 'public, max-age=31536000',
        });
        expect(Date.parse(reply.headers.expires!)).toBeGreaterThan(Date.now());
      },
    );

    it.each([['ETAG'], ['W/ETAG'], ['"other", W/ETAG,"third"'], ['*']])(
      'the iframe is not sent again to who has it: %s',
      async (known) => {
        const { etag } = (await get('/echo/iframe.html')).headers;
        const headers = { 'if-none-match': known.replace('ETAG', etag!) };
        const reply = await get('/echo/iframe.html', headers);

        expect(reply).toMatchObject({ status: 304, body: '' });
        expect(reply.headers['content-type']).toBeUndefined();
      },
    );

    it('the iframe is sent to who has another one', async () => {
      const reply = await get('/echo/iframe.html', { 'if-none-match': 'W/"other", "third"' });

      expect(reply.status).toBe(200);
    });

    it('info says what the server can', async () => {
      const reply = await get('/echo/info', { origin: 'http://test' });

      expect(reply.headers).toMatchObject({
        'content-type': 'application/json; charset=UTF-8',
        'cache-control': NOT_CACHED,
        'access-control-allow-origin': 'http://test',
        'access-control-allow-credentials': 'true',
      });
      expect(JSON.parse(reply.body)).toEqual({
        entropy: expect.any(Number),
        origins: ['*:*'],
        cookie_needed: true,
        websocket: true,
      });
    });

    it('info has other entropy each time', async () => {
      const entropies = await Promise.all(
        [1, 2].map(async () => JSON.parse((await get('/echo/info')).body).entropy),
      );

      expect(entropies[0]).not.toBe(entropies[1]);
    });

    it.each([
      ['/echo/info', 'OPTIONS, GET'],
      ['/echo/a/b/xhr', 'OPTIONS, POST'],
      ['/echo/a/b/xhr_send', 'OPTIONS, POST'],
      ['/echo/a/b/xhr_streaming', 'OPTIONS, POST'],
    ])('a preflight request of %s may be kept for long', async (path, methods) => {
      const reply = await options(path, {
        origin: 'null',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'a, b, c',
      });

      expect(reply).toMatchObject({ status: 204, body: '' });
      expect(reply.headers).toMatchObject({
        'cache-control': 'public, max-age=31536000',
        'access-control-max-age': '31536000',
        'access-control-allow-methods': methods,
        'access-control-allow-origin': 'null',
        'access-control-allow-headers': 'a, b, c',
      });
    });

    it.each([
      ['GET', '/echo/a/b/xhr', 'OPTIONS, POST'],
      ['PUT', '/echo/a/b/xhr_send', 'OPTIONS, POST'],
      ['POST', '/echo/a/b/eventsource', 'GET'],
      ['POST', '/echo/info', 'OPTIONS, GET'],
      ['POST', '/echo/a/b/websocket', 'GET, CONNECT'],
      ['POST', '/echo', 'GET'],
      ['POST', '/echo/iframe.html', 'GET'],
    ])('%s %s is not allowed', async (method, path, allow) => {
      const reply = await harness.http(method, path);

      expect(reply).toMatchObject({ status: 405, body: '' });
      expect(reply.headers.allow).toBe(allow);
      expect(reply.headers['content-type']).toBeUndefined();
    });
  });

  describe('session URLs', () => {
    beforeEach(() => start());

    it.each(['/a/a', '/_/_', '/1/', '/abcdefgh_i-j%20/abcdefg_i-j%20'])(
      'may have any server and session: %s',
      async (path) => {
        expect(await frame(`/echo${path}${Math.random().toString().slice(2)}/xhr`)).toBe('o\n');
      },
    );

    it.each(['//', '/a./a', '/a/a.', '/./.', '/', '///', '/a/a/a'])(
      '%s is not one',
      async (path) => {
        expect((await post(`/echo${path}/xhr`)).status).toBe(404);
      },
    );

    it('mean the same session whatever the server is', async () => {
      const [server, other] = [session, session.replace('/000/', '/999/')];
      await post(`${server}/xhr`);
      await post(`${server}/xhr_send`, '["a"]');

      expect(await frame(`${other}/xhr`)).toBe('a["a"]\n');
    });

    it('with an unknown transport are not found', async () => {
      expect((await post(`${session}/unknown`)).status).toBe(404);
    });
  });

  describe('polling by xhr', () => {
    it('opens, sends and receives', async () => {
      await start();
      const origin = { origin: 'http://test' };
      const opened = await post(`${session}/xhr`, '', origin);
      const sent = await post(`${session}/xhr_send`, '["x"]', origin);

      expect(opened.body).toBe('o\n');
      expect(opened.headers).toMatchObject({
        'content-type': 'application/javascript; charset=UTF-8',
        'cache-control': NOT_CACHED,
        'access-control-allow-origin': 'http://test',
      });
      expect(sent).toMatchObject({ status: 204, body: '' });
      expect(sent.headers).toMatchObject({
        'content-type': 'text/plain; charset=UTF-8',
        'cache-control': NOT_CACHED,
      });
      expect(await frame(`${session}/xhr`)).toBe('a["x"]\n');
    });

    it('waits for a message', async () => {
      await start();
      await post(`${session}/xhr`);
      const waiting = frame(`${session}/xhr`);
      await post(`${session}/xhr_send`, '["a","b"]');

      expect(await waiting).toBe('a["a","b"]\n');
    });

    it('does not know a session that was not opened', async () => {
      await start();

      expect((await post(`${session}/xhr_send`, '["x"]')).status).toBe(404);
    });

    it.each([
      ['["x', 'Broken JSON encoding.'],
      ['', 'Payload expected.'],
      ['{}', 'Payload expected.'],
      ['[1]', 'Payload expected.'],
    ])('refuses %s and goes on', async (body, text) => {
      await start();
      await post(`${session}/xhr`);

      expect(await post(`${session}/xhr_send`, body)).toMatchObject({ status: 500, body: text });
      await post(`${session}/xhr_send`, '["a"]');
      expect(await frame(`${session}/xhr`)).toBe('a["a"]\n');
    });

    it('takes the content types that browsers were seen to send', async () => {
      await start();
      await post(`${session}/xhr`);
      const types = [
        'text/plain',
        'T',
        'application/json',
        'application/xml',
        '',
        'text/xml; charset=utf-8',
      ];
      for (const type of types) {
        expect((await post(`${session}/xhr_send`, '["a"]', { 'content-type': type })).status).toBe(
          204,
        );
      }
      expect((await post(`${session}/xhr_send`, '["a"]', FORM)).status).toBe(500);

      expect(await frame(`${session}/xhr`)).toBe(`a[${types.map(() => '"a"').join(',')}]\n`);
    });

    it('takes frames without messages', async () => {
      await start();
      await post(`${session}/xhr`);

      expect((await post(`${session}/xhr_send`, '[]')).status).toBe(204);
    });

    it('lets one request receive at a time', async () => {
      await start();
      await post(`${session}/xhr`);
      const { connection } = harness.session;
      const openedAt = connection.lastReadAt;
      const first = frame(`${session}/xhr`);
      await until(() => connection.lastReadAt > openedAt);

      expect(await frame(`${session}/xhr`)).toBe('c[2010,"Another connection still open"]\n');
      await post(`${session}/xhr_send`, '["still there"]');
      expect(await first).toBe('a["still there"]\n');
    });

    it('goes on to say why a session was closed', async () => {
      await startClose();

      expect(await frame(`${session}/xhr`)).toBe('o\n');
      expect(await frame(`${session}/xhr`)).toBe('c[3000,"Go away!"]\n');
      expect(await frame(`${session}/xhr`)).toBe('c[3000,"Go away!"]\n');
    });

    it('gives what waited before it says that the session was closed', async () => {
      await start();
      await post(`${session}/xhr`);
      await post(`${session}/xhr_send`, '["last"]');
      harness.session.connection.close(1002, '');

      expect(await frame(`${session}/xhr`)).toBe('a["last"]\n');
      expect(await frame(`${session}/xhr`)).toBe('c[1002,""]\n');
      expect(harness.session.ended).toEqual({ code: 1002, reason: '' });
    });

    it('begins anew after the client cut a request', async () => {
      await start();
      await post(`${session}/xhr`);
      const arrived = nextRequest();
      const first = stream(harness.port, 'POST', `${session}/xhr`).catch(() => undefined);
      await arrived;
      harness.server.closeAllConnections();
      await first;
      await until(() => harness.sessions[0]!.ended?.code === 1006);

      expect(await frame(`${session}/xhr`)).toBe('o\n');
    });
  });

  describe('streaming', () => {
    it('by xhr begins with 2 KiB, then sends a frame a line', async () => {
      await start();
      const response = await stream(harness.port, 'POST', `${session}/xhr_streaming`);
      await post(`${session}/xhr_send`, '["x"]');

      expect(response.response.headers).toMatchObject({
        'content-type': 'application/javascript; charset=UTF-8',
        'cache-control': NOT_CACHED,
      });
      expect(await response.next()).toBe(`${'h'.repeat(2048)}\n`);
      expect(await response.next()).toBe('o\n');
      expect(await response.next()).toBe('a["x"]\n');
      response.abort();
    });

    it('by events sends a frame an event', async () => {
      await start();
      const response = await stream(harness.port, 'GET', `${session}/eventsource`);
      await post(`${session}/xhr_send`, '["  \\u0000\\n\\r "]');

      expect(response.response.headers['content-type']).toBe('text/event-stream');
      expect(await response.next()).toBe('\r\n');
      expect(await response.next()).toBe('data: o\r\n\r\n');
      expect(await response.next()).toBe('data: a["  \\u0000\\n\\r "]\r\n\r\n');
      response.abort();
    });

    it('by a page begins with 1 KiB, then sends a frame a script', async () => {
      await start();
      const response = await stream(harness.port, 'GET', `${session}/htmlfile?c=%63allback`);
      await post(`${session}/xhr_send`, '["x"]');
      const prelude = await response.next();

      expect(response.response.headers['content-type']).toBe('text/html; charset=UTF-8');
      expect(prelude).toContain('var c = parent.callback;');
      expect(prelude.length).toBeGreaterThan(1024);
      expect(await response.next()).toBe('<script>\np("o");\n</script>\r\n');
      expect(await response.next()).toBe('<script>\np("a[\\"x\\"]");\n</script>\r\n');
      response.abort();
    });

    it.each(['</script><script>alert(1)</script>', '<!--<script>', '\\<', ']]>'])(
      'by a page keeps markup in messages inside the script: %s',
      async (text) => {
        await start();
        const response = await stream(harness.port, 'GET', `${session}/htmlfile?c=x`);
        await post(`${session}/xhr_send`, JSON.stringify([text]));
        await response.next();
        await response.next();
        const call = /^<script>\np\(("[^<>]*")\);\n<\/script>\r\n$/.exec(await response.next());

        expect(JSON.parse(call![1]!)).toBe(`a[${JSON.stringify(text)}]`);
        response.abort();
      },
    );

    it.each([
      ['POST', 'xhr_streaming'],
      ['GET', 'eventsource'],
      ['GET', 'htmlfile?c=x'],
    ])(
      'ends a response after enough bytes, and goes on in the next: %s %s',
      async (method, name) => {
        await start({ streamBytesLimit: 4096 });
        const first = await stream(harness.port, method, `${session}/${name}`);
        await post(`${session}/xhr_send`, `["${'x'.repeat(4096)}"]`);
        await until(() => first.isComplete);
        await post(`${session}/xhr_send`, '["next"]');
        const second = await stream(harness.port, method, `${session}/${name}`);
        await second.next();

        expect(first.chunks).toHaveLength(3);
        expect(await second.next()).toContain('next');
        second.abort();
      },
    );

    it('says at once that the session was closed, to every request', async () => {
      await startClose();
      const first = await stream(harness.port, 'POST', `${session}/xhr_streaming`);
      await first.next();
      expect([await first.next(), await first.next()]).toEqual(['o\n', 'c[3000,"Go away!"]\n']);
      expect(await first.ended()).toBe(true);

      const second = await stream(harness.port, 'POST', `${session}/xhr_streaming`);
      await second.next();
      expect(await second.next()).toBe('c[3000,"Go away!"]\n');
      expect(await second.ended()).toBe(true);
    });

    it('refuses a second request, and begins anew after the first was cut', async () => {
      await start();
      const first = await stream(harness.port, 'POST', `${session}/xhr_streaming`);
      const second = await stream(harness.port, 'POST', `${session}/xhr_streaming`);
      await second.next();
      expect(await second.next()).toBe('c[2010,"Another connection still open"]\n');
      expect(await second.ended()).toBe(true);
      first.abort();
      await until(() => harness.session.ended !== undefined);

      const third = await stream(harness.port, 'POST', `${session}/xhr_streaming`);
      await third.next();
      expect(await third.next()).toBe('o\n');
      third.abort();
    });
  });

  describe('polling by scripts', () => {
    it('opens, sends and receives', async () => {
      await start();
      const opened = await get(`${session}/jsonp?c=%63allback`);
      const sent = await post(`${session}/jsonp_send`, 'd=%5B%22x%22%5D', FORM);

      expect(opened.body).toBe('/**/callback("o");\r\n');
      expect(opened.headers).toMatchObject({
        'content-type': 'application/javascript; charset=UTF-8',
        'cache-control': NOT_CACHED,
      });
      expect(sent).toMatchObject({ status: 200, body: 'ok' });
      expect(sent.headers['content-type']).toBe('text/plain; charset=UTF-8');
      expect((await get(`${session}/jsonp?c=x`)).body).toBe('/**/x("a[\\"x\\"]");\r\n');
    });

    it.each([
      ['jsonp', '', '"callback" parameter required'],
      ['htmlfile', '', '"callback" parameter required'],
      ['jsonp', '?c=%20', 'invalid "callback" parameter'],
      ['htmlfile', '?c=abc(', 'invalid "callback" parameter'],
      ['jsonp', `?c=${'x'.repeat(33)}`, 'invalid "callback" parameter'],
    ])('and pages need a sensible callback: %s%s', async (name, query, text) => {
      await start();

      expect(await get(`${session}/${name}${query}`)).toMatchObject({ status: 500, body: text });
    });

    it.each([
      ['d=%5B%22x', 'Broken JSON encoding.'],
      ['', 'Payload expected.'],
      ['d=', 'Payload expected.'],
      ['p=p', 'Payload expected.'],
    ])('refuses %s', async (body, text) => {
      await start();
      await get(`${session}/jsonp?c=x`);

      expect(await post(`${session}/jsonp_send`, body, FORM)).toMatchObject({
        status: 500,
        body: text,
      });
    });

    it('takes plain text as it is', async () => {
      await start();
      await get(`${session}/jsonp?c=x`);
      await post(`${session}/jsonp_send`, '["%61bc"]', { 'content-type': 'text/plain' });

      expect((await get(`${session}/jsonp?c=x`)).body).toBe('/**/x("a[\\"%61bc\\"]");\r\n');
    });
  });

  describe('WebSocket', () => {
    it('opens, sends and receives', async () => {
      await start();
      const client = harness.client(`${session}/websocket`);
      const texts = inbox(client);
      await until(() => texts.length === 1);
      client.send('["a"]');
      client.send('"b"');
      await until(() => texts.length === 3);

      expect(texts).toEqual(['o', 'a["a"]', 'a["b"]']);
    });

    it('ignores empty frames', async () => {
      await start();
      const client = await harness.connect(`${session}/websocket`);
      const texts = inbox(client);
      for (const text of ['', '[]', '["a"]']) client.send(text);
      await until(() => texts.includes('a["a"]'));

      expect(harness.session.received).toEqual(['a']);
    });

    it('may use a session id twice at a time', async () => {
      await start();
      const clients = [1, 2].map(() => harness.client(`${session}/websocket`));
      const texts = clients.map(inbox);

      await until(() => texts.every(([first]) => first === 'o'));
    });

    it.each(['["a', '["a",', '{}', '[1]'])('is closed on %s without a message', async (broken) => {
      await start();
      const client = await harness.connect(`${session}/websocket`);
      const texts = inbox(client);
      const closed = closeOf(client);
      client.send(broken);

      expect((await closed).code).toBe(1002);
      expect(texts.filter((text) => text.startsWith('a'))).toEqual([]);
      expect(harness.session.received).toEqual([]);
    });

    it('says why it is closed before it is', async () => {
      await startClose();
      const client = harness.client(`${session}/websocket`);
      const texts = inbox(client);

      expect(await closeOf(client)).toEqual({ code: 3000, reason: 'Go away!' });
      expect(texts).toEqual(['o', 'c[3000,"Go away!"]']);
    });

    it.each(['/echo', '/echo/websocket'])('at %s has no frames of SockJS', async (path) => {
      await start();
      const client = await harness.connect(path);
      const texts = inbox(client);
      client.send('Hello world!\uffff');
      await until(() => texts.length === 1);

      expect(texts).toEqual(['Hello world!\uffff']);
    });

    it.each(['/echo/0/0/websocket', '/echo/websocket'])('%s wants an upgrade', async (path) => {
      await start();

      expect((await get(path)).status).toBe(400);
      expect((await get(path, { upgrade: 'WebSocket', connection: 'close' })).status).toBe(400);
    });

    it('can be switched off', async () => {
      await start({ webSocketEnabled: false });

      expect(JSON.parse((await get('/echo/info')).body).websocket).toBe(false);
      for (const path of ['/echo', '/echo/websocket', `${session}/websocket`]) {
        await expect(harness.connect(path)).rejects.toThrow();
      }
    });
  });

  describe('JSESSIONID', () => {
    it.each([
      ['POST', 'xhr'],
      ['POST', 'xhr_streaming'],
      ['GET', 'eventsource'],
      ['GET', 'htmlfile?c=x'],
      ['GET', 'jsonp?c=x'],
    ])('is set by %s %s, or the one that came', async (method, name) => {
      await start();
      const cookies = await Promise.all(
        [{ cookie: '' }, { cookie: 'a=b; JSESSIONID=abcdef' }].map(async (headers) => {
          const reply = await stream(harness.port, method, `${newSession()}/${name}`, headers);
          reply.abort();
          return reply.response.headers['set-cookie'];
        }),
      );

      expect(cookies).toEqual([['JSESSIONID=dummy; path=/'], ['JSESSIONID=abcdef; path=/']]);
    });

    it('is not set when not needed', async () => {
      await start({ sessionCookieNeeded: false });

      expect((await post(`${session}/xhr`)).headers['set-cookie']).toBeUndefined();
      expect(JSON.parse((await get('/echo/info')).body).cookie_needed).toBe(false);
    });
  });

  it('escapes what browsers would change', async () => {
    await start();
    await post(`${session}/xhr`);
    const text = '\u200c\u2028\u2060\ufff0\uffff\u0000 é 😀';
    await post(`${session}/xhr_send`, JSON.stringify([text]));
    const body = await frame(`${session}/xhr`);

    expect(body).toBe('a["\\u200c\\u2028\\u2060\\ufff0\\uffff\\u0000 é 😀"]\n');
  });
});
