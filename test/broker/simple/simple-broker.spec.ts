import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { StompException } from '../../../lib/exception/index.js';
import {
  SimpleBroker,
  simpleBroker,
  SimpleBrokerStatistics,
  type SimpleBrokerOptions,
} from '../../../lib/broker/simple/index.js';
import { StompCommand } from '../../../lib/frame/index.js';
import { MessageBuilder, StompHeaderAccessor } from '../../../lib/message/index.js';
import { Bench } from './verbs.js';

let bench: Bench;

const start = (...args: ConstructorParameters<typeof Bench>): Bench =>
  (bench = new Bench(...args).start());

afterEach(() => bench?.broker.stop());

describe('topics', () => {
  it('delivers to every subscriber, the sender included', () => {
    start();
    const [a, b] = [bench.connect('a'), bench.connect('b')];
    a.subscribe('1', '/topic/x');
    b.subscribe('2', '/topic/x');
    a.send('/topic/x', 'hello');
    expect(a.received).toMatchObject([
      { subscription: '1', destination: '/topic/x', body: 'hello' },
    ]);
    expect(b.received).toMatchObject([{ subscription: '2', body: 'hello', ack: undefined }]);
  });

  it('hands one delivery for all plain subscriptions to the channel, with the same list of receivers', () => {
    start();
    const [a, b] = [bench.connect('a'), bench.connect('b')];
    a.subscribe('1', '/topic/x');
    b.subscribe('1', '/topic/x');
    a.send('/topic/x', 'one');
    a.send('/topic/x', 'two');
    expect(bench.deliveries).toHaveLength(2);
    expect(bench.deliveries[0]!.receivers).toHaveLength(2);
    expect(bench.deliveries[1]!.receivers).toBe(bench.deliveries[0]!.receivers);
    expect(bench.deliveries[1]!.messageId).not.toBe(bench.deliveries[0]!.messageId);
  });

  it('delivers once for each of several subscriptions of one session', () => {
    start();
    const a = bench.connect('a');
    a.subscribe('1', '/topic/x');
    a.subscribe('2', '/topic/x');
    a.subscribe('3', '/topic/*');
    a.send('/topic/x', 'hello');
    expect(a.received.map(({ subscription }) => subscription).sort()).toEqual(['1', '2', '3']);
  });

  it('keeps the order of a sender', () => {
    start();
    const a = bench.connect('a');
    a.subscribe('1', '/topic/x');
    const bodies = Array.from({ length: 500 }, (_, i) => String(i));
    for (const body of bodies) a.send('/topic/x', body);
    expect(a.bodies).toEqual(bodies);
  });

  it('does not deliver after UNSUBSCRIBE', () => {
    start();
    const a = bench.connect('a');
    a.subscribe('1', '/topic/x');
    a.send('/topic/x', 'one');
    a.unsubscribe('1', '/topic/x');
    a.send('/topic/x', 'two');
    expect(a.bodies).toEqual(['one']);
  });

  it('keeps nothing for who comes later', () => {
    start();
    const a = bench.connect('a');
    a.send('/topic/x', 'hello');
    a.subscribe('1', '/topic/x');
    expect(a.received).toEqual([]);
  });

  it('matches patterns, with the separator of the application', () => {
    start({}, '.');
    const a = bench.connect('a');
    a.subscribe('1', '/topic/price.stock.*');
    a.send('/topic/price.stock.IBM', 'yes');
    a.send('/topic/price.stock.IBM.x', 'no');
    expect(a.bodies).toEqual(['yes']);
  });

  it('finds a pattern that came, and not one that went, after the destination was used', () => {
    start();
    const a = bench.connect('a');
    a.send('/topic/x', 'none');
    a.subscribe('1', '/topic/*');
    a.send('/topic/x', 'one');
    a.unsubscribe('1', '/topic/*');
    a.send('/topic/x', 'two');
    expect(a.bodies).toEqual(['one']);
  });

  it('refuses patterns with a regex, too long ones, and those with too many wildcards', () => {
    start({ maxPatternLength: 30, maxPatternWildcards: 2 });
    const a = bench.connect('a');
    expect(() => a.subscribe('1', '/topic/{x:[0-9]+}')).toThrow(StompException);
    expect(() => a.subscribe('1', `/topic/*/${'x'.repeat(30)}`)).toThrow(StompException);
    expect(() => a.subscribe('1', '/topic/*/*/*')).toThrow(StompException);
    expect(bench.broker.statistics.subscriptions).toBe(0);
  });

  it('refuses an id that is in use, and an ack mode that does not exist', () => {
    start();
    const a = bench.connect('a');
    a.subscribe('1', '/topic/x');
    expect(() => a.subscribe('1', '/topic/y')).toThrow(/subscription "1".*already/);
    expect(() => a.subscribe('2', '/topic/y', { ack: 'maybe' })).toThrow(/"ack".*"maybe"/);
  });

  it('takes STOMP 1.0 subscriptions without id, one for each destination', () => {
    start();
    const a = bench.connect('a', '1.0');
    a.subscribe(undefined, '/topic/x');
    a.subscribe(undefined, '/topic/y');
    a.unsubscribe(undefined, '/topic/x');
    a.send('/topic/x', 'x');
    a.send('/topic/y', 'y');
    expect(a.received).toMatchObject([{ subscription: undefined, body: 'y' }]);
  });
});

describe('sessions', () => {
  it('leave nothing behind', () => {
    start({ queues: ['/queue'] });
    const a = bench.connect('a');
    a.subscribe('1', '/topic/x');
    a.subscribe('2', '/topic/x', { ack: 'client' });
    a.subscribe('3', '/queue/x');
    a.transaction('BEGIN', 't');
    a.send('/topic/x', 'hello');
    a.disconnect();
    a.send('/topic/x', 'late');
    expect(a.bodies).toEqual(['hello', 'hello']);
    expect(bench.broker.statistics).toMatchObject({ sessions: 0, subscriptions: 0 });
    expect(bench.broker.statistics).toMatchObject({ unacknowledged: 0, transactions: 0 });
  });

  it('that have ended cannot be subscribed any more', () => {
    start();
    const a = bench.connect('a');
    a.disconnect();
    a.subscribe('1', '/topic/x');
    a.unsubscribe('1', '/topic/x');
    expect(bench.broker.statistics).toMatchObject({ sessions: 0, subscriptions: 0 });
  });

  it('may end twice, and connect once', () => {
    start();
    const a = bench.connect('a').connect();
    expect(bench.broker.statistics.sessions).toBe(1);
    a.disconnect();
    a.disconnect();
    expect(bench.broker.statistics.sessions).toBe(0);
  });
});

describe('user destinations', () => {
  it('are not matched by the patterns of others', () => {
    start();
    const [a, b] = [bench.connect('a'), bench.connect('b')];
    a.subscribe('1', '/queue/x-usera');
    b.subscribe('1', '/queue/**');
    bench.publish('/queue/x-usera', 'secret', {}, '/user/queue/x');
    bench.publish('/queue/x-usera', 'secret too');
    expect(a.bodies).toEqual(['secret', 'secret too']);
    expect(b.bodies).toEqual([]);
  });

  it('are matched by the patterns of their own session', () => {
    start();
    const [a, b] = [bench.connect('a'), bench.connect('b')];
    a.subscribe('1', '/queue/**');
    b.subscribe('1', '/queue/**');
    bench.publish('/queue/x-usera', 'mine', {}, '/user/queue/x');
    a.unsubscribe('1', '/queue/**');
    bench.publish('/queue/x-usera', 'late');
    expect([a.bodies, b.bodies]).toEqual([['mine'], []]);
  });

  it('go to the session they name only, whoever else has subscribed', () => {
    start();
    const [a, b] = [bench.connect('a'), bench.connect('b')];
    for (const client of [a, b]) client.subscribe('1', '/queue/of-ann', {}, '/user/queue/x');
    bench.publish('/queue/of-ann', 'for b', {}, '/user/queue/x', 'b');
    bench.publish('/queue/of-ann', 'for both', {}, '/user/queue/x');
    expect([a.bodies, b.bodies]).toEqual([['for both'], ['for b', 'for both']]);
  });

  it('may be subscribed with acknowledgement and selectors', () => {
    start({ queues: ['/queue'], selectorHeaderName: 'selector' });
    const a = bench.connect('a');
    a.subscribe('1', '/queue/x-usera', { ack: 'client', selector: 'n = 1' });
    bench.publish('/queue/x-usera', 'one', { n: '1' });
    bench.publish('/queue/x-usera', 'two', { n: '2' });
    expect(a.received).toMatchObject([{ body: 'one', ack: expect.any(String) }]);
  });

  it('of another session cannot be subscribed', () => {
    start();
    const [, b] = [bench.connect('a'), bench.connect('b')];
    expect(() => b.subscribe('1', '/queue/x-usera')).toThrow(/belongs to another session/);
  });

  it('are never held, also below a prefix of queues', () => {
    start({ queues: ['/queue'] });
    const a = bench.connect('a');
    bench.publish('/queue/x-usera', 'lost');
    bench.publish('/queue/x-usergone', 'lost', {}, '/user/queue/x');
    a.subscribe('1', '/queue/x-usera');
    a.subscribe('2', '/queue/x-usera');
    bench.publish('/queue/x-usera', 'both');
    expect(a.bodies).toEqual(['both', 'both']);
    expect(bench.broker.statistics).toMatchObject({ queuedMessages: 0, queues: 0 });
  });
});

describe('the application', () => {
  it('subscribes beside the clients and leaves', () => {
    start();
    const heard: string[] = [];
    const leave = bench.broker.subscribeSystem('/topic/*', ({ payload }) =>
      heard.push(String(payload)),
    );
    bench.publish('/topic/x', 'one');
    leave();
    bench.publish('/topic/x', 'two');
    expect(heard).toEqual(['one']);
  });

  it('may subscribe before the start, and fail, without harm to others', () => {
    bench = new Bench();
    bench.broker.subscribeSystem('/topic/x', () => {
      throw new Error('boom');
    });
    const heard: unknown[] = [];
    bench.broker.subscribeSystem('/topic/x', (message) => heard.push(message));
    bench.start();
    bench.publish('/topic/x', 'one');
    expect(heard).toHaveLength(1);
  });

  it.each(['/topic/x', '/queue/x'])(
    'may listen to %s by what rejects later, which is logged',
    async (destination) => {
      const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
      start({ queues: ['/queue'] });
      bench.broker.subscribeSystem(destination, (): any => Promise.reject(new Error('later')));
      bench.publish(destination, 'one');
      await new Promise((resolve) => setImmediate(resolve));
      expect(error.mock.calls.map(([text]) => String(text))).toEqual([
        'A listener of the application failed: later',
      ]);
      error.mockRestore();
    },
  );

  it('may publish before the start', () => {
    bench = new Bench({ queues: ['/queue'], lastValue: ['/topic/price'] });
    bench.publish('/topic/price', '7');
    bench.publish('/queue/jobs', 'job');
    const a = bench.start().connect('a');
    a.subscribe('1', '/topic/price');
    a.subscribe('2', '/queue/jobs');
    expect(a.bodies).toEqual(['7', 'job']);
  });
});

describe('a payload that is no Buffer', () => {
  const options = { queues: ['/queue'], lastValue: ['/topic/last'] };
  const publish = (destination: string, payload: unknown): void => {
    const accessor = StompHeaderAccessor.create(StompCommand.SEND);
    accessor.setDestination(destination);
    const message = MessageBuilder.createMessage(payload, accessor.getMessageHeaders());
    void bench.broker.handleMessage(message);
  };

  it.each(['/queue/x', '/topic/last', '/topic/x'])(
    'is not published to %s, which its sender hears, and nothing of it stays',
    (destination) => {
      start(options);
      for (const payload of ['text', { an: 'object' }, undefined])
        expect(() => publish(destination, payload)).toThrow(
          `A message to "${destination}" was not published: its payload is no Buffer but ${typeof payload}`,
        );
      expect(bench.broker.statistics).toEqual(new SimpleBrokerStatistics());
    },
  );

  it('does not hold up the messages behind it, and does not wait for the start', () => {
    bench = new Bench(options);
    expect(() => publish('/queue/x', 'early')).toThrow(/no Buffer/);
    bench.start();
    const a = bench.connect('a');
    a.subscribe('1', '/queue/x');
    expect(() => publish('/queue/x', 'text')).toThrow(/no Buffer/);
    bench.publish('/queue/x', 'octets');
    expect(a.bodies).toEqual(['octets']);
    expect(bench.broker.statistics).toMatchObject({ queuedMessages: 0, heldBytes: 0, queues: 0 });
  });
});

describe('life cycle', () => {
  it('tells when it is available', () => {
    start();
    expect(bench.broker.available).toBe(true);
    bench.broker.stop();
    expect(bench.broker.available).toBe(false);
    expect(bench.events).toEqual([
      { type: 'brokerAvailability', available: true, broker: 'simple' },
      { type: 'brokerAvailability', available: false, broker: 'simple' },
    ]);
  });

  it('ignores what comes after the stop, and forgets what it held', () => {
    start({ queues: ['/queue'] });
    const a = bench.connect('a');
    a.subscribe('1', '/topic/x');
    a.send('/queue/x', 'held');
    bench.broker.stop();
    a.send('/topic/x', 'late');
    a.disconnect();
    expect(a.received).toEqual([]);
    expect(bench.broker.statistics).toMatchObject({ sessions: 0, queuedMessages: 0, heldBytes: 0 });
  });

  it('takes the prefixes and the name of its options', () => {
    const broker = simpleBroker({ name: 'main', destinations: ['/topic'] });
    expect(broker).toMatchObject({ name: 'main', destinationPrefixes: ['/topic'] });
  });

  it('refuses options that make no sense, and names them', () => {
    expect(() => new SimpleBroker({ maxPending: -1 })).toThrow(
      /"simpleBroker.maxPending" must be a whole number above 0, or Infinity, not -1/,
    );
    expect(() => new SimpleBroker({ destinations: [''] })).toThrow(/destinations/);
    expect(() => new SimpleBroker({ destinations: ['/topic'], queues: ['/queue'] })).toThrow(
      /"\/queue"/,
    );
  });

  it.each<[object, string]>([
    [{ destination: ['/topic'] }, 'simpleBroker has no option "destination". It has name,'],
    [{ name: 5 }, 'Option "simpleBroker.name" must be a text, not 5'],
    [{ selectorHeaderName: true }, 'Option "simpleBroker.selectorHeaderName" must be a text'],
    [{ deadLetterDestination: {} }, 'Option "simpleBroker.deadLetterDestination" must be a text'],
  ])('refuses %j', (options, text) => {
    expect(() => simpleBroker(options)).toThrow(
      expect.objectContaining({
        code: 'STOMP_ERR_OPTION',
        message: expect.stringContaining(text),
      }),
    );
  });

  it.each(['destinations', 'queues', 'lastValue'])('refuses %s that are no list', (name) => {
    expect(() => new SimpleBroker({ [name]: '/topic' })).toThrow(
      `Option "simpleBroker.${name}" must be a list like ['/topic'], not '/topic'`,
    );
  });

  it.each<[SimpleBrokerOptions, string]>([
    [{ deadLetterDestination: '/dead/letters' }, '"deadLetterDestination" has "/dead/letters"'],
    [{ deadLetterDestination: '/to' }, '"deadLetterDestination" has "/to"'],
    [{ deadLetterDestination: '/topic/*' }, '"deadLetterDestination" is a pattern'],
    [{ lastValue: ['/topic/a', '/price/a'] }, '"lastValue" has "/price/a"'],
    [{ lastValue: ['/price/**'] }, '"lastValue" has "/price/**"'],
  ])('refuses what its destinations do not have: %j', (options, text) => {
    const destinations = ['/topic', '/queue/'];
    expect(() => new SimpleBroker({ destinations, ...options })).toThrow(`simpleBroker: ${text}`);
  });

  it.each<SimpleBrokerOptions>([
    { destinations: ['/topic'], deadLetterDestination: '/topic/dead' },
    { destinations: ['/topic'], lastValue: ['/topic/a', '/topic/*', '/**', '/t?pic/{a}'] },
    { deadLetterDestination: '/dead', lastValue: ['/price'], queues: ['/jobs'] },
  ])('takes what its destinations have: %j', (options) => {
    expect(new SimpleBroker(options).available).toBe(false);
  });
});
