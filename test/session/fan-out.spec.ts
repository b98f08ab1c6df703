import { CompositeMessageConverter, Message } from '../../lib/message/index.js';
import type { MemoryConnection } from '../support/memory-connection.js';
import { message, SessionRig } from '../support/session-rig.js';

describe('a message to many', () => {
  let rig: SessionRig;

  beforeEach(() => (rig = new SessionRig()));

  afterEach(() => rig.stop());

  function subscribe(client: MemoryConnection, ...destinations: string[]): MemoryConnection {
    for (const destination of destinations)
      client.send('SUBSCRIBE', { id: destination, destination });
    return client;
  }

  const publish = (destination: string, body: string | Buffer): void =>
    rig.broker.publish(message({ destination }, body));

  const textsOf = (client: MemoryConnection): string[] =>
    client.framesOf('MESSAGE').map((frame) => frame.text);

  it('leaves at the end of the turn, without being asked', async () => {
    const client = subscribe(rig.connect(), '/topic/a');
    subscribe(rig.connect(), '/topic/a');
    publish('/topic/a', 'x');
    expect(textsOf(client)).toEqual([]);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(textsOf(client)).toEqual(['x']);
  });

  it('is one batch of the same octets for all that use the same subscription id', () => {
    const clients = Array.from({ length: 5 }, () => subscribe(rig.connect(), '/topic/a'));
    publish('/topic/a', '1');
    publish('/topic/a', '2');
    rig.flush();
    const batches = new Set(clients.map((client) => client.batches.at(-1)));
    expect(batches.size).toBe(1);
    expect([...batches][0]!.frames).toHaveLength(2);
    expect(textsOf(clients[4]!)).toEqual(['1', '2']);
  });

  it('is encoded for the STOMP version of each', () => {
    const clients = ['1.0', '1.1', '1.2'].map((version) =>
      subscribe(rig.connect({ 'accept-version': version }), '/topic/a'),
    );
    rig.broker.publish(message({ destination: '/topic/a' }, 'x', { k: 'a:b\rc' }));
    rig.flush();
    const heads = clients.map((client) => client.batches.at(-1)!.frames[0]!.octets.toString());
    expect(heads[0]).not.toContain('k:');
    expect(heads[1]).not.toContain('\\r');
    expect(heads[2]).toContain('k:a\\cb\\rc\n');
  });

  it('keeps its order among messages to other destinations of the same session', () => {
    const both = subscribe(rig.connect(), '/topic/a', '/topic/b');
    const one = subscribe(rig.connect(), '/topic/a');
    for (const [destination, body] of [
      ['/topic/a', '1'],
      ['/topic/b', '2'],
      ['/topic/a', '3'],
      ['/topic/a', '4'],
      ['/topic/b', '5'],
    ])
      publish(destination!, body!);
    rig.flush();
    expect(textsOf(both)).toEqual(['1', '2', '3', '4', '5']);
    expect(textsOf(one)).toEqual(['1', '3', '4']);
  });

  it('is still gathered when destinations without a common receiver take turns', () => {
    const [a, b] = ['/topic/a', '/topic/a', '/topic/b', '/topic/b']
      .map((destination) => subscribe(rig.connect(), destination))
      .filter((_client, index) => index % 2) as [MemoryConnection, MemoryConnection];
    for (const body of ['1', '2', '3']) {
      publish('/topic/a', `a${body}`);
      publish('/topic/b', `b${body}`);
    }
    rig.flush();
    expect(textsOf(a)).toEqual(['a1', 'a2', 'a3']);
    expect(a.batches.filter((batch) => batch.droppable)).toHaveLength(1);
    expect(textsOf(b)).toEqual(['b1', 'b2', 'b3']);
  });

  describe.each([
    ['one receiver', 1],
    ['several', 3],
  ])('of an application goes out as its octets to %s', (_who, receivers) => {
    it.each([
      ['ASCII', 'plain'],
      ['Latin-1', 'Grüße'],
      ['beyond it', '🙂 €'],
      ['half a character', 'a\ud83d'],
      ['NUL and line ends', 'a\0b\r\n'],
      ['nothing', ''],
      ['long', 'é'.repeat(3000)],
    ])('%s', (_what, text) => {
      const clients = Array.from({ length: receivers }, () => subscribe(rig.connect(), '/topic/a'));
      const { headers } = message({ destination: '/topic/a' }, '');
      const converted = CompositeMessageConverter.of().convertTo(text, headers);
      rig.broker.publish(Message.ofConverted(converted, headers));
      rig.flush();
      for (const client of clients) {
        const [frame] = client.framesOf('MESSAGE');
        expect(frame!.body).toEqual(Buffer.from(text));
        expect(frame!.headers['content-length']).toBe(String(Buffer.byteLength(text)));
      }
    });
  });

  it('is written at once when there is one receiver only', () => {
    const client = subscribe(rig.connect(), '/topic/a');
    publish('/topic/a', '1');
    expect(textsOf(client)).toEqual(['1']);
  });

  it('is not overtaken by one to a single receiver', () => {
    const client = subscribe(rig.connect(), '/topic/a', '/topic/b');
    subscribe(rig.connect(), '/topic/a');
    publish('/topic/a', '1');
    publish('/topic/b', '2');
    publish('/topic/a', '3');
    publish('/topic/b', '4');
    rig.flush();
    expect(textsOf(client)).toEqual(['1', '2', '3', '4']);
  });

  it('comes once for each subscription of a session, in the order of the messages', () => {
    const client = rig.connect();
    for (const id of ['1', '2']) client.send('SUBSCRIBE', { id, destination: '/topic/a' });
    publish('/topic/a', 'x');
    publish('/topic/a', 'y');
    rig.flush();
    const frames = client.framesOf('MESSAGE').map((f) => `${f.headers.subscription}:${f.text}`);
    expect(frames).toEqual(['1:x', '2:x', '1:y', '2:y']);
  });

  it('comes before a message to one session that was sent after it', () => {
    subscribe(rig.connect(), '/topic/a');
    const client = subscribe(rig.connect(), '/topic/a');
    publish('/topic/a', '1');
    const { id } = rig.contextOf(client);
    rig.outbound.send(message({ sessionId: id, subscriptionId: '/topic/a' }, '2'));
    publish('/topic/a', '3');
    rig.flush();
    expect(textsOf(client)).toEqual(['1', '2', '3']);
  });

  it('comes before the RECEIPT of its sender, and RECEIPTs keep their order', () => {
    subscribe(rig.connect(), '/topic/a');
    const client = subscribe(rig.connect(), '/topic/a');
    client.send('SEND', { destination: '/topic/a', receipt: 'r1' }, '1');
    client.send('SEND', { destination: '/topic/a', receipt: 'r2' }, '2');
    rig.flush();
    expect(client.frames.slice(1).map((f) => f.headers['receipt-id'] ?? f.text)).toEqual([
      '1',
      '2',
      'r1',
      'r2',
    ]);
  });

  it('comes before the ERROR that closes the session', () => {
    subscribe(rig.connect(), '/topic/a');
    const client = subscribe(rig.connect(), '/topic/a');
    publish('/topic/a', '1');
    client.send('SEND');
    expect(client.frames.slice(1).map((frame) => frame.command)).toEqual(['MESSAGE', 'ERROR']);
  });

  it('goes to who was subscribed when it was published', () => {
    const client = rig.connect();
    subscribe(rig.connect(), '/topic/a');
    publish('/topic/a', 'early');
    subscribe(client, '/topic/a');
    publish('/topic/a', '1');
    client.send('UNSUBSCRIBE', { id: '/topic/a', receipt: 'gone' });
    publish('/topic/a', 'late');
    rig.flush();
    expect(client.frames.slice(1).map((f) => f.headers['receipt-id'] ?? f.text)).toEqual([
      '1',
      'gone',
    ]);
  });

  it('reaches the others when one left, or its connection fails', () => {
    const clients = Array.from({ length: 3 }, () => subscribe(rig.connect(), '/topic/a'));
    publish('/topic/a', 'x');
    clients[0]!.leave();
    clients[1]!.write = () => {
      throw new Error('broken');
    };
    rig.flush();
    expect(textsOf(clients[2]!)).toEqual(['x']);
  });

  it('does not wait for the end of the turn when much was gathered', () => {
    subscribe(rig.connect(), '/topic/a');
    const client = subscribe(rig.connect(), '/topic/a');
    for (let i = 0; i < 3; i++) publish('/topic/a', Buffer.alloc(140_000, 0x61));
    expect(textsOf(client)).toHaveLength(2);
    rig.flush();
    expect(textsOf(client)).toHaveLength(3);
  });

  it('is the same when an interceptor sees it receiver by receiver', () => {
    const seen: unknown[] = [];
    rig.outbound.addInterceptors({
      preSend: (m) => {
        seen.push(m.headers.subscriptionId);
        return m;
      },
    });
    const clients = [rig.connect(), rig.connect({ 'accept-version': '1.0' })];
    clients.forEach((client) => subscribe(client, '/topic/a'));
    rig.broker.publish(message({ destination: '/topic/a' }, 'x', { foo: 'bar', receipt: 'r' }));
    for (const client of clients)
      expect(client.framesOf('MESSAGE')[0]!.headers).toEqual({
        subscription: '/topic/a',
        destination: '/topic/a',
        'message-id': 'm-0',
        foo: 'bar',
        'content-length': '1',
      });
    expect(seen).toEqual(['/topic/a', '/topic/a']);
  });

  it('is counted', () => {
    for (let i = 0; i < 4; i++) subscribe(rig.connect(), '/topic/a');
    publish('/topic/a', '1');
    publish('/topic/a', '2');
    rig.flush();
    const { framesOut, bytesOut } = rig.server.statistics;
    expect([framesOut.MESSAGE, framesOut.CONNECTED]).toEqual([8, 4]);
    expect(bytesOut).toBeGreaterThan(8 * 60);
  });
});
