import { StompCommand } from '../../../lib/frame/index.js';
import { Bench, type Client } from './verbs.js';

let bench: Bench;

afterEach(() => bench.broker.stop());

describe('acknowledgement on a topic', () => {
  let a: Client;

  beforeEach(() => {
    bench = new Bench({ maxPending: 3, maxUnacknowledged: 10 }).start();
    a = bench.connect('a');
  });

  const sendAll = (...bodies: string[]): void => bodies.forEach((body) => a.send('/topic/x', body));

  it('gives every message an ack of its own, also for two subscriptions', () => {
    a.subscribe('1', '/topic/x', { ack: 'client' });
    a.subscribe('2', '/topic/x', { ack: 'client-individual' });
    sendAll('one', 'two');
    expect(new Set(a.received.map(({ ack }) => ack)).size).toBe(4);
    expect(new Set(a.received.map(({ messageId }) => messageId)).size).toBe(2);
    expect(bench.broker.statistics.unacknowledged).toBe(4);
  });

  it('is cumulative with client', () => {
    a.subscribe('1', '/topic/x', { ack: 'client' });
    sendAll('one', 'two', 'three');
    a.ack(a.received[1]!.ack!);
    expect(bench.broker.statistics.unacknowledged).toBe(1);
    expect(() => a.ack(a.received[0]!.ack!)).toThrow(/acknowledged it already/);
  });

  it('is single with client-individual', () => {
    a.subscribe('1', '/topic/x', { ack: 'client-individual' });
    sendAll('one', 'two', 'three');
    a.ack(a.received[1]!.ack!);
    a.ack(a.received[0]!.ack!);
    expect(bench.broker.statistics.unacknowledged).toBe(1);
  });

  it('discards what is refused', () => {
    a.subscribe('1', '/topic/x', { ack: 'client-individual' });
    sendAll('one');
    a.nack(a.last.ack!);
    expect(a.bodies).toEqual(['one']);
    expect(bench.broker.statistics.unacknowledged).toBe(0);
  });

  it('pauses at its bound, holds what comes and goes on after an ACK', () => {
    a.subscribe('1', '/topic/x', { ack: 'client-individual', 'prefetch-count': '2' });
    sendAll('1', '2', '3', '4');
    expect(a.bodies).toEqual(['1', '2']);
    expect(bench.broker.statistics.pendingMessages).toBe(2);
    a.ack(a.received[0]!.ack!);
    expect(a.bodies).toEqual(['1', '2', '3']);
    a.ack(a.received[1]!.ack!);
    sendAll('5');
    a.ack(a.received[2]!.ack!);
    expect(a.bodies).toEqual(['1', '2', '3', '4', '5']);
  });

  it('drops the oldest of too many that wait, and counts them', () => {
    a.subscribe('1', '/topic/x', { ack: 'client', 'prefetch-count': '1' });
    sendAll('1', '2', '3', '4', '5', '6');
    expect(bench.broker.statistics).toMatchObject({ pendingMessages: 3, droppedPending: 2 });
    for (let i = 0; i < 4; i++) a.ack(a.last.ack!);
    expect(a.bodies).toEqual(['1', '4', '5', '6']);
    expect(bench.broker.statistics).toMatchObject({ pendingMessages: 0, heldBytes: 0 });
  });

  it.each([
    ['maxPendingBytes', { maxPendingBytes: 10 }],
    ['maxHeldBytes', { maxHeldBytes: 10 }],
  ])('drops a message that is above %s alone, and keeps what waits', (_name, options) => {
    bench = new Bench(options).start();
    a = bench.connect('a');
    a.subscribe('1', '/topic/x', { ack: 'client', 'prefetch-count': '1' });
    sendAll('1', '2', '3', 'x'.repeat(11));
    expect(bench.broker.statistics).toMatchObject({ pendingMessages: 2, droppedPending: 1 });
    sendAll('x'.repeat(9));
    expect(bench.broker.statistics).toMatchObject({ pendingMessages: 2, heldBytes: 10 });
  });

  it('does not keep other subscriptions waiting', () => {
    const b = bench.connect('b');
    b.subscribe('1', '/topic/x');
    a.subscribe('1', '/topic/x', { ack: 'client', 'prefetch-count': '1' });
    sendAll('1', '2', '3');
    expect(b.bodies).toEqual(['1', '2', '3']);
  });

  it('does not wait for what a client that takes text only cannot get', () => {
    const client = bench.connect('text', '1.2', true);
    client.subscribe('1', '/topic/x', { ack: 'client', 'prefetch-count': '1' });
    bench.publish('/topic/x', Buffer.of(0xff));
    expect(client.last.ack).toBeUndefined();
    expect(bench.broker.statistics.unacknowledged).toBe(0);
    bench.publish('/topic/x', 'text');
    expect(client.last).toMatchObject({ body: 'text', ack: expect.any(String) });
  });

  it('lets go of everything when the subscription ends', () => {
    a.subscribe('1', '/topic/x', { ack: 'client', 'prefetch-count': '1' });
    sendAll('1', '2', '3');
    a.unsubscribe('1', '/topic/x');
    expect(bench.broker.statistics).toMatchObject({ pendingMessages: 0, unacknowledged: 0 });
    expect(bench.broker.statistics.heldBytes).toBe(0);
    expect(() => a.ack(a.last.ack!)).toThrow(/ended its subscription/);
  });

  it('is refused for a message that nobody sent', () => {
    expect(() => a.ack('nope')).toThrow(/ACK of "nope"/);
    expect(() => a.nack('1-nope')).toThrow(/NACK of "1-nope"/);
  });

  it('counts no more for a subscription that ends while a message is on its way to it', () => {
    bench.outbound.addInterceptors({
      preSend: (message) => {
        a.disconnect();
        return message;
      },
    });
    a.subscribe('1', '/topic/x', { ack: 'client' });
    a.subscribe('2', '/topic/x', { ack: 'client' });
    bench.publish('/topic/x', 'one');
    expect(bench.broker.statistics).toMatchObject({ subscriptions: 0, unacknowledged: 0 });
  });

  it('bounds prefetch-count by its own limit, and refuses one that is no number', () => {
    a.subscribe('1', '/topic/x', { ack: 'client', 'prefetch-count': '100000' });
    sendAll(...'abcdefghijklm');
    expect(a.received).toHaveLength(10);
    expect(() => a.subscribe('2', '/topic/x', { 'prefetch-count': 'many' })).toThrow(
      /prefetch-count/,
    );
  });
});

describe('acknowledgement by version', () => {
  beforeEach(() => {
    bench = new Bench().start();
  });

  it('is by message-id and subscription in 1.1', () => {
    const a = bench.connect('a', '1.1');
    a.subscribe('1', '/topic/x', { ack: 'client-individual' });
    a.subscribe('2', '/topic/x', { ack: 'client-individual' });
    a.send('/topic/x', 'one');
    const { messageId } = a.last;
    a.frame(StompCommand.ACK, { 'message-id': messageId, subscription: '2' });
    expect(() => a.frame(StompCommand.ACK, { 'message-id': messageId, subscription: '2' })).toThrow(
      /ACK of/,
    );
    a.frame(StompCommand.NACK, { 'message-id': messageId, subscription: '1' });
    expect(bench.broker.statistics.unacknowledged).toBe(0);
  });

  it('is by message-id alone in 1.0', () => {
    const a = bench.connect('a', '1.0');
    a.subscribe(undefined, '/topic/x', { ack: 'client' });
    a.send('/topic/x', 'one');
    a.frame(StompCommand.ACK, { 'message-id': a.last.messageId });
    expect(bench.broker.statistics.unacknowledged).toBe(0);
    expect(() => a.frame(StompCommand.ACK, { 'message-id': 'x' })).toThrow(/ACK of "x"/);
  });

  it('of another session is unknown', () => {
    const [a, b] = [bench.connect('a'), bench.connect('b')];
    a.subscribe('1', '/topic/x', { ack: 'client' });
    a.send('/topic/x', 'one');
    expect(() => b.ack(a.last.ack!)).toThrow(/ACK of/);
    expect(bench.broker.statistics.unacknowledged).toBe(1);
  });
});
