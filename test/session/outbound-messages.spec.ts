import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { StompCommand } from '../../lib/frame/index.js';
import { SimpMessageType, StompHeaderAccessor } from '../../lib/message/index.js';
import type { MemoryConnection, MemoryConnectionOptions } from '../support/memory-connection.js';
import { commandOf, message, SessionRig, type RigOptions } from '../support/session-rig.js';
import type { Headers } from '../support/stomp-wire.js';

describe('what goes to a session', () => {
  let rig: SessionRig;

  const start = (options?: RigOptions): SessionRig => (rig = new SessionRig(options));

  /** A client that is subscribed to /topic/a. */
  function subscribed(
    version = '1.2',
    connectionOptions?: MemoryConnectionOptions,
    headers: Headers = {},
  ): MemoryConnection {
    const client = rig.connect({ 'accept-version': version }, connectionOptions);
    client.send('SUBSCRIBE', { id: 's:1', destination: '/topic/a', ...headers });
    return client;
  }

  afterEach(() => rig.stop());

  it('carries destination, subscription, message-id, content-length and the headers of its sender', () => {
    start();
    const client = subscribed();
    client.send('SEND', { destination: '/topic/a', foo: 'a:b', 'content-type': 'text/x' }, 'é');
    rig.flush();
    const [frame] = client.framesOf('MESSAGE');
    expect(frame!.headers).toEqual({
      subscription: 's:1',
      destination: '/topic/a',
      'message-id': 'm-0',
      'content-type': 'text/x',
      foo: 'a:b',
      'content-length': '2',
    });
    expect([frame!.text, frame!.binary]).toEqual(['é', false]);
  });

  it('keeps repeated headers in order', () => {
    start();
    const client = subscribed();
    client.send('SEND', { destination: '/topic/a', foo: ['one', 'two'] });
    rig.flush();
    const lines = client.framesOf('MESSAGE')[0]!.lines.filter(([name]) => name === 'foo');
    expect(lines.map(([, value]) => value)).toEqual(['one', 'two']);
  });

  it("row 8: leaves out what was about the sender's frame", () => {
    start();
    const client = subscribed();
    rig.broker.publish(
      message({ destination: '/topic/a' }, 'x', {
        receipt: 'r',
        'content-length': '99',
        transaction: 't',
        ack: 'forged',
        subscription: 'forged',
        redelivered: 'true',
        'user-name': 'admin',
        'message-id': 'forged',
        simpOrigDestination: '/topic/forged',
        destination: '/topic/forged',
      }),
    );
    rig.flush();
    expect(
      client
        .framesOf('MESSAGE')[0]!
        .lines.map(([name]) => name)
        .sort(),
    ).toEqual(['content-length', 'destination', 'message-id', 'subscription']);
    expect(client.framesOf('MESSAGE')[0]!.headers).toMatchObject({
      destination: '/topic/a',
      subscription: 's:1',
      'content-length': '1',
    });
  });

  it('shows the user destination by which the client subscribed', () => {
    start();
    const client = subscribed();
    const fields = { destination: '/topic/a', origDestination: '/user/queue/a' };
    rig.broker.publish(message(fields));
    rig.flush();
    expect(client.framesOf('MESSAGE')[0]!.headers.destination).toBe('/user/queue/a');
  });

  it('takes its content-type from the message before that of the native headers', () => {
    start();
    const client = subscribed();
    const native = { 'content-type': 'text/old' };
    rig.broker.publish(message({ destination: '/topic/a', contentType: 'text/new' }, 'x', native));
    rig.flush();
    const lines = client.framesOf('MESSAGE')[0]!.lines;
    expect(lines.filter(([name]) => name === 'content-type')).toEqual([
      ['content-type', 'text/new'],
    ]);
  });

  describe('row 7: as a binary WebSocket message', () => {
    const octets = Buffer.from('00fffe800d0a0007', 'hex');

    it.each<[what: string, headers: Headers, body: Buffer, binary: boolean]>([
      ['is what is no UTF-8', {}, octets, true],
      ['is octet-stream', { 'content-type': 'application/octet-stream' }, Buffer.from('a'), true],
      ['is not an empty body', { 'content-type': 'application/octet-stream' }, Buffer.of(), false],
      ['is not text', { 'content-type': 'application/json' }, Buffer.from('{}'), false],
    ])('%s', (_what, headers, body, binary) => {
      start();
      const client = subscribed();
      const length = { 'content-length': body.length };
      client.send('SEND', { destination: '/topic/a', ...length, ...headers }, body);
      rig.flush();
      const [frame] = client.framesOf('MESSAGE');
      expect([frame!.binary, frame!.body.equals(body)]).toEqual([binary, true]);
    });

    describe.each([
      ['one client', 1, {}],
      ['several clients', 2, {}],
      ['a client that acknowledges', 1, { ack: 'a-1' }],
    ])('for %s of a transport without them', (_what, count, more) => {
      const bytes = { destination: '/topic/a', contentType: 'application/octet-stream' };

      function receive(...bodies: (string | Buffer)[]): string[] {
        start();
        const clients = Array.from({ length: count }, () =>
          subscribed('1.2', { supportsBinary: false }),
        );
        for (const body of bodies) rig.broker.publish(message(bytes, body), more);
        rig.flush();
        const [first, ...others] = clients.map((client) => client.framesOf('MESSAGE'));
        for (const frames of others) expect(frames).toEqual(first);
        expect(first!.some((frame) => frame.binary)).toBe(false);
        return first!.map((frame) => frame.text);
      }

      it('is text where it can be', () => {
        expect(receive('é', Buffer.from('{"a":1}'))).toEqual(['é', '{"a":1}']);
        expect(rig.server.statistics.notSent).toBe(0);
      });

      it('is not sent where it cannot', () => {
        expect(receive(octets, 'text')).toEqual(['text']);
        expect(rig.server.statistics.notSent).toBe(count);
      });
    });

    it('is not sent over a transport without them, and counted; others get it', () => {
      start();
      const [text, binary] = [subscribed('1.2', { supportsBinary: false }), subscribed()];
      rig.broker.publish(message({ destination: '/topic/a' }, octets));
      rig.broker.publish(message({ destination: '/topic/a' }, 'text'));
      rig.flush();
      expect(text.framesOf('MESSAGE').map((frame) => frame.text)).toEqual(['text']);
      expect(binary.framesOf('MESSAGE')).toHaveLength(2);
      expect(rig.server.statistics.notSent).toBe(1);
    });
  });

  it('is told of once a minute when it cannot be sent, however many there are', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    start();
    const alone = subscribed('1.2', { supportsBinary: false });
    const broadcast = (): void => {
      alone.send('SEND', { destination: '/topic/a' }, Buffer.from([0xff]));
      rig.flush();
    };
    broadcast();
    subscribed('1.2', { supportsBinary: false });
    broadcast();
    const fields = { destination: '/topic/a', subscriptionId: 's:1' };
    const octets = Buffer.from([0xff]);
    rig.outbound.send(message({ ...fields, sessionId: rig.contextOf(alone).id }, octets));

    expect(rig.server.statistics.notSent).toBe(4);
    expect(warn.mock.calls).toEqual([[expect.stringContaining('A binary message was not sent')]]);
    warn.mockRestore();
  });

  it('of STOMP 1.0 leaves out headers that it cannot hold', () => {
    start();
    const client = subscribed('1.0');
    rig.broker.publish(
      message({ destination: '/topic/a' }, 'x', { good: 'a:b', bad: 'a\nb', 'b:c': 'd' }),
    );
    rig.flush();
    const { headers } = client.framesOf('MESSAGE')[0]!;
    expect(headers).toMatchObject({ good: 'a:b' });
    expect(Object.keys(headers)).not.toContain('bad');
  });

  describe('as a message to one session', () => {
    const reply = (client: MemoryConnection, subscriptionId = 's:1') =>
      message(
        { sessionId: rig.contextOf(client).id, subscriptionId, destination: '/app/init' },
        'hi',
      );

    it('arrives at once, with a message-id of its own', () => {
      start();
      const client = subscribed();
      rig.outbound.send(reply(client));
      rig.outbound.send(reply(client));
      const ids = client.framesOf('MESSAGE').map((frame) => frame.headers['message-id']);
      expect(new Set(ids).size).toBe(2);
      expect(client.framesOf('MESSAGE')[0]).toMatchObject({
        headers: { destination: '/app/init', subscription: 's:1' },
        text: 'hi',
      });
    });

    it.each([
      ['of a subscription it has not', 'nope'],
      ['of one it had', 'gone'],
    ])('is not sent in the name %s', (_what, id) => {
      start();
      const client = subscribed();
      client.send('SUBSCRIBE', { id: 'gone', destination: '/topic/b' });
      client.send('UNSUBSCRIBE', { id: 'gone' });
      rig.outbound.send(reply(client, id));
      expect(client.framesOf('MESSAGE')).toEqual([]);
      expect(rig.server.statistics.notSent).toBe(1);
    });

    it('is not sent before CONNECTED', () => {
      start();
      const client = rig.open();
      rig.outbound.send(reply(client));
      expect(client.frames).toEqual([]);
    });

    it('is not sent when its payload is no Buffer', () => {
      start();
      const client = subscribed();
      const { headers } = reply(client);
      rig.outbound.send(new (message({}).constructor as any)({ not: 'octets' }, headers));
      expect(client.framesOf('MESSAGE')).toEqual([]);
    });

    it('is forgotten when the session is not here', () => {
      start();
      expect(() => rig.outbound.send(message({ sessionId: 'elsewhere' }))).not.toThrow();
    });
  });

  describe('that is to be acknowledged', () => {
    const deliver = (more = {}): void =>
      rig.broker.publish(message({ destination: '/topic/a' }, 'x'), { ack: 'a-1', ...more });

    it.each([
      ['1.2', { 'message-id': 'm-0', ack: 'a-1' }],
      ['1.1', { 'message-id': 'm-0' }],
    ])('carries in %s what ACK names', (version, expected) => {
      start();
      const client = subscribed(version);
      deliver();
      const [frame] = client.framesOf('MESSAGE');
      expect(frame!.headers).toMatchObject(expected);
      expect('ack' in frame!.headers).toBe('ack' in expected);
    });

    it('is never dropped for a slow client, other messages may be', () => {
      start();
      const client = subscribed();
      deliver();
      rig.broker.publish(message({ destination: '/topic/a' }, 'x'));
      rig.flush();
      expect(client.batches.slice(-2).map((batch) => batch.droppable)).toEqual([false, true]);
    });

    it('says when it is redelivered', () => {
      start();
      const client = subscribed();
      deliver({ redelivered: true });
      expect(client.framesOf('MESSAGE')[0]!.headers.redelivered).toBe('true');
    });

    it.each([
      ['1.2', 'id', 'ack', 'a-1'],
      ['1.1', 'message-id', 'message-id', 'm-0'],
      ['1.0', 'message-id', 'message-id', 'm-0'],
    ])(
      'names its broker where there are several, and ACK in %s finds it',
      (version, by, header, own) => {
        start({ prefixes: [['/queue'], ['/topic']] });
        const client = subscribed(version);
        deliver();
        const named = client.framesOf('MESSAGE')[0]!.headers[header]!;
        expect(named).toBe(`1-${own}`);
        client.send('ACK', { [by]: named, subscription: 's:1' });
        expect(rig.broker.seen.at(-1)!.headers.fields.broker).toBe(1);
        expect(rig.broker.seen.at(-1)!.headers.native.get(by)).toBe(own);
      },
    );

    it('names the broker of the delivery where the subscription does not say it', () => {
      start({ prefixes: [['/queue'], ['/topic']] });
      const client = subscribed('1.2', {}, { destination: '/user/a' });
      const receivers = [{ session: rig.contextOf(client), subscriptionId: 's:1' }];
      const delivery = { messageId: 'm', ack: 'a', broker: 1, receivers };
      rig.outbound.deliver({ message: message({ destination: '/topic/x' }), ...delivery });
      expect(client.framesOf('MESSAGE')[0]!.headers.ack).toBe('1-a');
    });

    it.each(['9-a', 'a-1', '-1'])('an ACK of %s names no broker and is an ERROR', (id) => {
      start({ prefixes: [['/queue'], ['/topic']] });
      const client = subscribed();
      client.send('ACK', { id });
      expect(client.frames.at(-1)!.headers.message).toContain('no message');
    });
  });

  describe('as an order', () => {
    it('ERROR of a broker is sent as it is, then the session closes with 1002', () => {
      start();
      const client = subscribed();
      const accessor = StompHeaderAccessor.create(StompCommand.ERROR);
      accessor.setSessionId(rig.contextOf(client).id);
      accessor.setMessage('access refused');
      accessor.setNativeHeader('x-own', '1');
      const error = message({}, 'details');
      rig.outbound.send(
        new (error.constructor as any)(error.payload, accessor.getMessageHeaders()),
      );
      expect(client.frames.at(-1)).toMatchObject({
        command: 'ERROR',
        headers: { message: 'access refused', 'x-own': '1' },
        text: 'details',
      });
      expect(client.closed?.code).toBe(1002);
    });

    it('DISCONNECT_ACK closes with its code and reason', () => {
      start();
      const client = subscribed();
      const extra = new Map<string, unknown>([
        ['closeCode', 4001],
        ['closeReason', 'logged out'],
      ]);
      const sessionId = rig.contextOf(client).id;
      rig.outbound.send(message({ sessionId, messageType: SimpMessageType.DISCONNECT_ACK, extra }));
      expect(client.closed).toEqual({ code: 4001, reason: 'logged out' });
      expect(client.framesOf('ERROR')).toEqual([]);
    });

    it('DISCONNECT_ACK with a message sends an ERROR first', () => {
      start();
      const client = subscribed();
      const fields = {
        messageType: SimpMessageType.DISCONNECT_ACK,
        sessionId: rig.contextOf(client).id,
      };
      rig.outbound.send(message(fields, 'why', { message: 'Broker not available.' }));
      expect(client.frames.at(-1)!.headers.message).toBe('Broker not available.');
      expect(client.closed?.code).toBe(1002);
    });

    it('CONNECT_ACK of a relay gives version, heart-beat and server of CONNECTED', () => {
      start();
      rig.broker.onMessage = (connect) => {
        if (commandOf(connect) !== 'CONNECT') return;
        const { sessionId } = connect.headers;
        const native = { version: '1.1', 'heart-beat': '7000,8000', server: 'RabbitMQ/3.10' };
        const fields = { messageType: SimpMessageType.CONNECT_ACK, sessionId };
        rig.outbound.send(message(fields, '', native));
      };
      const client = rig.connect({ 'accept-version': '1.1,1.2' });
      expect(client.frames[0]!.headers).toEqual({
        version: '1.1',
        'heart-beat': '7000,8000',
        server: 'RabbitMQ/3.10',
      });
    });
  });
});
