import { DestinationRouter } from '../../lib/destination/index.js';
import type { Headers } from '../support/stomp-wire.js';
import { commandOf, SessionRig, type RigOptions } from '../support/session-rig.js';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a frame that STOMP does not allow', () => {
  let rig: SessionRig;

  afterEach(() => rig.stop());

  const start = (options?: RigOptions): SessionRig => (rig = new SessionRig(options));

  type Frame = [command: string, headers: Headers];
  const SUBSCRIBE: Frame = ['SUBSCRIBE', { id: '1', destination: '/topic/a' }];
  const BEGIN: Frame = ['BEGIN', { transaction: 't' }];

  it.each<[rule: string, text: string, version: string, frames: Frame[]]>([
    ['D1: SEND without destination', 'SEND needs the header "destination"', '1.2', [['SEND', {}]]],
    [
      'D2: SUBSCRIBE without destination',
      'SUBSCRIBE needs the header "destination"',
      '1.2',
      [['SUBSCRIBE', { id: '1' }]],
    ],
    [
      'D3: SUBSCRIBE without id in 1.1',
      'SUBSCRIBE needs the header "id"',
      '1.1',
      [['SUBSCRIBE', { destination: '/topic/a' }]],
    ],
    ['D5: an id twice', 'Subscription id "1" is in use already', '1.2', [SUBSCRIBE, SUBSCRIBE]],
    [
      'D13: an unknown ack mode',
      'must be auto, client or client-individual, not "maybe"',
      '1.2',
      [['SUBSCRIBE', { id: '1', destination: '/topic/a', ack: 'maybe' }]],
    ],
    ['D15: UNSUBSCRIBE without id', 'needs the header "id"', '1.2', [['UNSUBSCRIBE', {}]]],
    [
      'D16: UNSUBSCRIBE of an unknown id',
      'no subscription "nope"',
      '1.2',
      [['UNSUBSCRIBE', { id: 'nope' }]],
    ],
    ['E6: ACK without id in 1.2', 'ACK needs the header "id"', '1.2', [['ACK', {}]]],
    [
      'H4: ACK without subscription in 1.1',
      'ACK needs the header "subscription"',
      '1.1',
      [['ACK', { 'message-id': 'm' }]],
    ],
    [
      'H4: ACK of an unknown subscription in 1.1',
      'no subscription "nope"',
      '1.1',
      [['ACK', { 'message-id': 'm', subscription: 'nope' }]],
    ],
    ['H4: NACK in 1.0', 'NACK is not part of STOMP 1.0', '1.0', [['NACK', { 'message-id': 'm' }]]],
    [
      'F4: BEGIN without transaction',
      'BEGIN needs the header "transaction"',
      '1.2',
      [['BEGIN', {}]],
    ],
    [
      'F5: COMMIT of an unknown transaction',
      'Transaction "nope" is not open',
      '1.2',
      [['COMMIT', { transaction: 'nope' }]],
    ],
    ['F6: BEGIN twice', 'Transaction "t" is open already', '1.2', [BEGIN, BEGIN]],
    [
      'F7: ABORT of an unknown transaction',
      'Transaction "nope" is not open',
      '1.2',
      [['ABORT', { transaction: 'nope' }]],
    ],
    [
      'SEND in an unknown transaction',
      'Transaction "nope" is not open',
      '1.2',
      [['SEND', { destination: '/topic/a', transaction: 'nope' }]],
    ],
    [
      'ACK in an unknown transaction',
      'Transaction "nope" is not open',
      '1.2',
      [['ACK', { id: 'a', transaction: 'nope' }]],
    ],
    [
      'row 9: MESSAGE from a client',
      'MESSAGE is sent by servers only',
      '1.2',
      [['MESSAGE', { destination: '/topic/a' }]],
    ],
    ['row 9: RECEIPT from a client', 'RECEIPT is sent by servers only', '1.2', [['RECEIPT', {}]]],
    ['row 9: ERROR from a client', 'ERROR is sent by servers only', '1.2', [['ERROR', {}]]],
    [
      'a content-type without a slash',
      'Invalid content-type "nonsense"',
      '1.2',
      [['SEND', { destination: '/topic/a', 'content-type': 'nonsense' }]],
    ],
    [
      'a SEND to a destination that is too long',
      'The destination of SEND has 1025 characters, 1024 are allowed: "/topic/aaa',
      '1.2',
      [['SEND', { destination: '/topic/'.padEnd(1025, 'a') }]],
    ],
    [
      'a SUBSCRIBE to a destination with too many segments',
      'The destination of SUBSCRIBE has 33 segments, 32 are allowed: "/topic/a/a',
      '1.2',
      [['SUBSCRIBE', { id: '1', destination: `/topic${'/a'.repeat(32)}` }]],
    ],
  ])('%s', (_rule, text, version, frames) => {
    const client = start().connect({ 'accept-version': version });
    frames.forEach(([command, headers], index) =>
      client.send(command, { ...headers, receipt: `r-${index}` }),
    );
    const error = client.frames.at(-1)!;
    expect(error.command).toBe('ERROR');
    expect(error.headers.message).toContain(text);
    expect(error.headers['receipt-id']).toBe(`r-${frames.length - 1}`);
    expect(error.headers['content-type']).toContain('text/plain');
    expect(error.headers['content-length']).toBe(String(error.body.length));
    expect(error.text).toContain(`The frame: ${frames.at(-1)![0]}`);
    expect(client.closed?.code).toBe(1002);
  });

  it('is none when a destination is as long as it may be', () => {
    const client = start().connect();
    const destinations = ['/topic/'.padEnd(1024, 'a'), `/topic${'/a'.repeat(31)}`];
    for (const destination of destinations) client.send('SEND', { destination });
    expect(rig.broker.commands()).toEqual(['CONNECT', 'SEND', 'SEND']);
  });

  it('is one for segments divided by dots, where these divide', () => {
    const router = new DestinationRouter({
      application: [],
      user: '/user/',
      brokers: [[]],
      separator: '.',
    });
    const options = { maxDestinationSegments: 3 };
    const client = start({ router, options }).connect();
    client.send('SEND', { destination: '/a/b/c/d.e.f' });
    expect(client.frames).toHaveLength(1);
    client.send('SEND', { destination: '/topic/a.b.c.d' });
    expect(client.frames[1]!.headers.message).toContain('has 4 segments, 3 are allowed');
  });

  it('reaches nobody', () => {
    const client = start().connect();
    client.send('SUBSCRIBE', { destination: '/topic/a' });
    expect(rig.broker.commands()).toEqual(['CONNECT', 'DISCONNECT']);
  });

  it('lets the frames before it in the same chunk take effect', () => {
    const client = start().connect();
    client.sendOctets('SEND\ndestination:/topic/a\n\ngood\0SEND\nbroken\n\nx\0');
    expect(rig.broker.commands()).toEqual(['CONNECT', 'SEND', 'DISCONNECT']);
    expect(client.frames.at(-1)!.headers.message).toContain('broken');
  });

  it('names the frame by receipt-id when it was no frame at all', () => {
    const client = start().connect();
    client.sendOctets('SEND\nreceipt:r-9\ndestination:/topic/a\\t\n\nx\0');
    expect(client.frames.at(-1)!.headers['receipt-id']).toBe('r-9');
    expect(client.closed?.code).toBe(1002);
  });

  it('is the last one that counts', () => {
    const client = start().connect();
    client.sendOctets('SEND\n\n\0SEND\ndestination:/topic/a\n\nlate\0');
    client.send('SEND', { destination: '/topic/a' });
    expect(client.framesOf('ERROR')).toHaveLength(1);
    expect(rig.broker.commands()).not.toContain('SEND');
  });

  it('may not exceed the number of subscriptions', () => {
    const client = start({ options: { maxSubscriptions: 2 } }).connect();
    for (const id of ['1', '2', '3']) client.send('SUBSCRIBE', { id, destination: '/topic/a' });
    expect(client.frames.at(-1)!.headers.message).toContain('a session may have 2');
    expect(client.closed?.code).toBe(1008);
  });

  it('may not exceed the number of transactions', () => {
    const client = start({ options: { maxTransactions: 1 } }).connect();
    for (const transaction of ['1', '2']) client.send('BEGIN', { transaction });
    expect(client.frames.at(-1)!.headers.message).toContain('a session may have 1');
    expect(client.closed?.code).toBe(1008);
  });

  describe('but STOMP 1.0 has rules of its own', () => {
    it('a subscription needs no id, and UNSUBSCRIBE names its destination', () => {
      const client = start().connect({ 'accept-version': '1.0' });
      client.send('SUBSCRIBE', { destination: '/topic/a' });
      client.send('SEND', { destination: '/topic/a' }, 'one');
      client.send('UNSUBSCRIBE', { destination: '/topic/a' });
      client.send('SEND', { destination: '/topic/a' }, 'two');
      rig.flush();
      expect(client.framesOf('MESSAGE').map((frame) => frame.text)).toEqual(['one']);
      expect(client.framesOf('MESSAGE')[0]!.headers).not.toHaveProperty('subscription');
    });

    it('UNSUBSCRIBE may name the destination of a subscription that has an id', () => {
      const client = start().connect({ 'accept-version': '1.0' });
      client.send('SUBSCRIBE', { id: 'x', destination: '/topic/a' });
      client.send('UNSUBSCRIBE', { destination: '/topic/a', receipt: 'r' });
      expect(client.framesOf('RECEIPT')).toHaveLength(1);
      expect(rig.broker.subscriptionCount).toBe(0);
    });
  });

  describe('UNSUBSCRIBE', () => {
    it('goes to subscribers with the destination of its subscription', () => {
      const client = start().connect();
      client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
      client.send('UNSUBSCRIBE', { id: '1' });
      expect(rig.broker.seen.at(-1)!.headers.fields).toMatchObject({
        destination: '/topic/a',
        subscriptionId: '1',
      });
    });

    it('goes with the destination that an interceptor gave the subscription by another message', () => {
      start().inbound.addInterceptors({
        preSend: (m) => {
          if (commandOf(m) !== 'SUBSCRIBE') return m;
          const headers = m.headers.clone();
          headers.fields.destination = `/topic/tenant-7${m.headers.destination}`;
          return new (m.constructor as any)(m.payload, headers);
        },
      });
      const client = rig.connect();
      client.send('SUBSCRIBE', { id: '1', destination: '/a' });
      client.send('UNSUBSCRIBE', { id: '1' });
      expect(rig.broker.seen.at(-1)!.headers.destination).toBe('/topic/tenant-7/a');
    });

    it('frees the id', () => {
      const client = start().connect();
      client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
      client.send('UNSUBSCRIBE', { id: '1' });
      client.send('SUBSCRIBE', { id: '1', destination: '/topic/b' });
      expect(client.framesOf('ERROR')).toEqual([]);
    });

    it('leaves the subscription alone when an interceptor drops it', () => {
      start().inbound.addInterceptors({
        preSend: (m) => (commandOf(m) === 'UNSUBSCRIBE' ? null : m),
      });
      const client = rig.connect();
      client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
      client.send('UNSUBSCRIBE', { id: '1' });
      client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
      expect(client.frames.at(-1)!.command).toBe('ERROR');
    });
  });

  it('a SUBSCRIBE that an interceptor drops leaves its id free and gets no message', async () => {
    start().inbound.addInterceptors({
      preSend: (m) => Promise.resolve(m.headers.native.has('drop') ? null : m),
    });
    const client = rig.connect();
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/a', drop: 'yes' });
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/b' });
    await settle();
    expect(client.framesOf('ERROR')).toEqual([]);
    expect(rig.eventTypes().filter((type) => type === 'sessionSubscribe')).toHaveLength(1);
  });

  it('an UNSUBSCRIBE of a subscription that an interceptor dropped is no mistake of its client', () => {
    start({ options: { maxSubscriptions: 2 } }).inbound.addInterceptors({
      preSend: (m) => (m.headers.native.has('drop') ? null : m),
    });
    const client = rig.connect();
    for (const id of ['1', '2', '3'])
      client.send('SUBSCRIBE', { id, destination: '/topic/a', drop: 'yes' });
    client.send('UNSUBSCRIBE', { id: '3', receipt: 'r' });
    client.send('SUBSCRIBE', { id: '4', destination: '/topic/b' });
    expect(client.framesOf('ERROR')).toEqual([]);
    expect(client.framesOf('RECEIPT')).toHaveLength(1);
    expect(rig.broker.commands()).toEqual(['CONNECT', 'SUBSCRIBE']);
  });

  it('an ERROR shows the beginning of a long header only', () => {
    const client = start().connect();
    client.send('UNSUBSCRIBE', { id: 'x'.repeat(8000) });
    expect(client.framesOf('ERROR')[0]!.headers.message).toBe(
      `There is no subscription "${'x'.repeat(100)}…" in this session`,
    );
  });
});
