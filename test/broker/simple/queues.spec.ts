import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Bench, type Client } from './verbs.js';
import type { SimpleBrokerOptions } from '../../../lib/broker/simple/index.js';

const INDIVIDUAL = { ack: 'client-individual' };
const ONE = { ...INDIVIDUAL, 'prefetch-count': '1' };

let bench: Bench;
let a: Client;
let b: Client;

const start = (options: SimpleBrokerOptions = {}): void => {
  bench = new Bench({ queues: ['/queue'], ...options }).start();
  [a, b] = [bench.connect('a'), bench.connect('b')];
};
const sendAll = (...bodies: string[]): void =>
  bodies.forEach((body) => bench.publish('/queue/x', body));

afterEach(() => {
  bench.broker.stop();
  jest.useRealTimers();
});

describe('queues', () => {
  it('are broadcast unless they are configured', () => {
    start({ queues: [] });
    a.subscribe('1', '/queue/x');
    b.subscribe('1', '/queue/x');
    sendAll('one');
    expect([a.bodies, b.bodies]).toEqual([['one'], ['one']]);
  });

  it('give each message to one consumer in turn', () => {
    start();
    a.subscribe('1', '/queue/x');
    b.subscribe('1', '/queue/x');
    sendAll('1', '2', '3', '4');
    expect([a.bodies, b.bodies]).toEqual([
      ['1', '3'],
      ['2', '4'],
    ]);
    expect(a.last).toMatchObject({ ack: undefined, redelivered: false });
  });

  it('hold messages while there is no consumer', () => {
    start();
    sendAll('1', '2');
    expect(bench.broker.statistics).toMatchObject({ queues: 1, queuedMessages: 2 });
    a.subscribe('1', '/queue/x');
    expect(a.bodies).toEqual(['1', '2']);
    expect(bench.broker.statistics).toMatchObject({ queues: 0, queuedMessages: 0, heldBytes: 0 });
  });

  it('give a consumer no more than its prefetch-count', () => {
    start();
    a.subscribe('1', '/queue/x', ONE);
    sendAll('1', '2');
    expect(a.bodies).toEqual(['1']);
    b.subscribe('1', '/queue/x', ONE);
    expect(b.bodies).toEqual(['2']);
    sendAll('3');
    b.ack(b.last.ack!);
    expect(b.bodies).toEqual(['2', '3']);
  });

  it('give what is refused to another consumer first', () => {
    start();
    a.subscribe('1', '/queue/x', INDIVIDUAL);
    b.subscribe('1', '/queue/x', INDIVIDUAL);
    sendAll('one');
    a.nack(a.last.ack!);
    expect(b.last).toMatchObject({ body: 'one', redelivered: true, messageId: a.last.messageId });
    b.ack(b.last.ack!);
    expect(bench.broker.statistics).toMatchObject({ queues: 0, unacknowledged: 0, redelivered: 1 });
  });

  it('give what is refused to the same consumer when there is no other', () => {
    start();
    a.subscribe('1', '/queue/x', INDIVIDUAL);
    sendAll('one');
    a.nack(a.last.ack!);
    expect(a.received).toMatchObject([{ redelivered: false }, { redelivered: true }]);
  });

  it('give what a consumer leaves behind to others, oldest first and before what waits', () => {
    start();
    a.subscribe('1', '/queue/x', { ack: 'client', 'prefetch-count': '2' });
    sendAll('1', '2', '3');
    a.disconnect();
    b.subscribe('1', '/queue/x');
    expect(b.received.map(({ body, redelivered }) => [body, redelivered])).toEqual([
      ['1', true],
      ['2', true],
      ['3', false],
    ]);
  });

  it('do not give the messages of a session that ends to its other subscriptions', () => {
    start();
    a.subscribe('1', '/queue/x', INDIVIDUAL);
    a.subscribe('2', '/queue/x', INDIVIDUAL);
    sendAll('1', '2');
    a.disconnect();
    expect(a.received).toHaveLength(2);
    expect(bench.broker.statistics).toMatchObject({ queuedMessages: 2, unacknowledged: 0 });
  });

  it('take back what UNSUBSCRIBE leaves unacknowledged', () => {
    start();
    a.subscribe('1', '/queue/x', INDIVIDUAL);
    sendAll('1');
    a.unsubscribe('1', '/queue/x');
    a.subscribe('2', '/queue/x', INDIVIDUAL);
    expect(a.last).toMatchObject({ subscription: '2', body: '1', redelivered: true });
  });

  it('are acknowledged one by one with client-individual, and up to it with client', () => {
    start();
    a.subscribe('1', '/queue/x', INDIVIDUAL);
    sendAll('1', '2');
    a.ack(a.received[1]!.ack!);
    a.unsubscribe('1', '/queue/x');
    b.subscribe('1', '/queue/x', { ack: 'client' });
    expect(b.bodies).toEqual(['1']);
    sendAll('3', '4');
    b.ack(b.received[1]!.ack!);
    b.disconnect();
    a.subscribe('2', '/queue/x');
    expect(a.bodies.slice(2)).toEqual(['4']);
  });

  it('refuse all up to it with NACK of client', () => {
    start();
    a.subscribe('1', '/queue/x', { ack: 'client' });
    sendAll('1', '2', '3');
    b.subscribe('1', '/queue/x');
    a.nack(a.received[1]!.ack!);
    expect(b.bodies).toEqual(['1', '2']);
  });

  it('serve consumers with patterns', () => {
    start();
    bench.publish('/queue/x', 'held');
    a.subscribe('1', '/queue/*', ONE);
    bench.publish('/queue/y', 'next');
    expect(a.bodies).toEqual(['held']);
    a.ack(a.last.ack!);
    expect(a.bodies).toEqual(['held', 'next']);
    a.nack(a.last.ack!);
    expect(a.last).toMatchObject({ destination: '/queue/y', redelivered: true });
  });

  it('give a consumer with a selector what it selects, and keep the rest', () => {
    start({ selectorHeaderName: 'selector' });
    a.subscribe('1', '/queue/x', { selector: "kind = 'red'" });
    bench.publish('/queue/x', 'blue', { kind: 'blue' });
    bench.publish('/queue/x', 'red', { kind: 'red' });
    expect(a.bodies).toEqual(['red']);
    b.subscribe('1', '/queue/x', { selector: "kind <> 'red'" });
    expect(b.bodies).toEqual(['blue']);
  });

  it('let the application be a consumer in turn', () => {
    start();
    const heard: string[] = [];
    bench.broker.subscribeSystem('/queue/x', ({ payload }) => heard.push(String(payload)));
    a.subscribe('1', '/queue/x');
    sendAll('1', '2', '3', '4');
    expect(heard).toHaveLength(2);
    expect([...heard, ...a.bodies].sort()).toEqual(['1', '2', '3', '4']);
  });
});

describe('queues with consumers that take text only', () => {
  const octets = Buffer.of(0xff, 0xfe);
  const textOnly = (headers: Record<string, string>): Client => {
    const client = bench.connect('text', '1.2', true);
    client.subscribe('1', '/queue/x', headers);
    return client;
  };

  it.each([{}, ONE])('keep what is no text for others, and go on: %j', (headers) => {
    start();
    const client = textOnly(headers);
    bench.publish('/queue/x', octets);
    bench.publish('/queue/x', 'text', { 'content-type': 'application/octet-stream' });
    expect(client.bodies).toEqual(['text']);
    expect(bench.broker.statistics).toMatchObject({ queuedMessages: 1 });
    a.subscribe('1', '/queue/x');
    expect(a.bodies).toEqual([octets.toString()]);
  });

  it('give what is no text to the others at once', () => {
    start();
    const client = textOnly(ONE);
    a.subscribe('1', '/queue/x', INDIVIDUAL);
    bench.publish('/queue/x', octets);
    bench.publish('/queue/x', octets);
    expect([client.bodies, a.bodies.length]).toEqual([[], 2]);
  });
});

describe('dead letters', () => {
  it('get what was refused too often, with the destination it had', () => {
    start({ maxDeliveryAttempts: 2, deadLetterDestination: '/queue/dead' });
    a.subscribe('1', '/queue/x', INDIVIDUAL);
    sendAll('poison');
    a.nack(a.last.ack!);
    a.nack(a.last.ack!);
    expect(a.received).toHaveLength(2);
    b.subscribe('1', '/queue/dead');
    expect(b.last).toMatchObject({
      body: 'poison',
      destination: '/queue/dead',
      redelivered: false,
    });
    const { native } = bench.deliveries.at(-1)!.message.headers;
    expect(native.get('original-destination')).toBe('/queue/x');
  });

  it('count once against the octets that the broker may hold', () => {
    start({ maxDeliveryAttempts: 1, deadLetterDestination: '/queue/dead', maxHeldBytes: 1000 });
    a.subscribe('1', '/queue/x', INDIVIDUAL);
    sendAll('x'.repeat(600));
    a.nack(a.last.ack!);
    expect(bench.broker.statistics).toMatchObject({ queues: 1, queuedMessages: 1 });
    b.subscribe('1', '/queue/dead');
    expect(b.last.body).toHaveLength(600);
    expect(bench.broker.statistics).toMatchObject({ queues: 0, heldBytes: 0 });
  });

  it('are dropped and counted without a destination, and from the dead-letter queue itself', () => {
    start({ maxDeliveryAttempts: 1, deadLetterDestination: '/queue/dead' });
    a.subscribe('1', '/queue/dead', INDIVIDUAL);
    bench.publish('/queue/dead', 'x');
    a.nack(a.last.ack!);
    expect(bench.broker.statistics).toMatchObject({ deadLettered: 1, queues: 0, heldBytes: 0 });
  });
});

describe('bounds of queues', () => {
  it('drop the oldest message by count and by octets, and count them', () => {
    start({ maxQueueMessages: 2, maxQueueBytes: 100 });
    sendAll('1', '2', '3');
    sendAll('x'.repeat(99));
    a.subscribe('1', '/queue/x');
    expect(a.bodies).toEqual(['3', 'x'.repeat(99)]);
    expect(bench.broker.statistics.droppedFromQueues).toBe(2);
  });

  it('warn once of what is dropped', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    start({ maxQueueMessages: 1 });
    sendAll('1', '2', '3');
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.lastCall).toEqual([expect.stringMatching(/queue "\/queue\/x" is full/)]);
    warn.mockRestore();
  });

  it('refuse a message that is larger than all that a queue may hold', () => {
    start({ maxQueueBytes: 100 });
    sendAll('1');
    expect(() => sendAll('x'.repeat(101))).toThrow(/maxQueueBytes/);
    expect(bench.broker.statistics).toMatchObject({ queuedMessages: 1, heldBytes: 1 });
  });

  it('refuse a message when the broker is full of messages of other queues', () => {
    start({ maxHeldBytes: 100 });
    bench.publish('/queue/y', 'x'.repeat(60));
    sendAll('1'.repeat(30), '2'.repeat(30));
    expect(() => bench.publish('/queue/z', 'x'.repeat(60))).toThrow(/maxHeldBytes/);
    expect(bench.broker.statistics).toMatchObject({ queues: 2, heldBytes: 90 });
  });

  it('keep what waits when a message is refused for which that would make no room', () => {
    start({ maxHeldBytes: 100 });
    bench.publish('/queue/y', 'x'.repeat(60));
    sendAll('1'.repeat(20), '2'.repeat(20));
    expect(() => sendAll('x'.repeat(41))).toThrow(/maxHeldBytes/);
    expect(bench.broker.statistics).toMatchObject({ queuedMessages: 3, droppedFromQueues: 0 });
    sendAll('x'.repeat(40));
    expect(bench.broker.statistics).toMatchObject({ queuedMessages: 2, heldBytes: 100 });
  });

  it('refuse a message for one queue too many', () => {
    start({ maxQueues: 1 });
    sendAll('1');
    expect(() => bench.publish('/queue/y', '1')).toThrow(/maxQueues/);
    a.subscribe('1', '/queue/x');
    bench.publish('/queue/y', '1');
    expect(bench.broker.statistics.queues).toBe(1);
  });

  it('drop what waited too long', () => {
    jest.useFakeTimers();
    start({ queueMessageTtlMs: 5_000 });
    sendAll('old');
    jest.advanceTimersByTime(3_000);
    sendAll('new');
    jest.advanceTimersByTime(3_000);
    expect(bench.broker.statistics).toMatchObject({ queuedMessages: 1, expired: 1 });
    a.subscribe('1', '/queue/x');
    expect(a.bodies).toEqual(['new']);
    jest.advanceTimersByTime(1_000);
    expect(jest.getTimerCount()).toBe(0);
  });
});
