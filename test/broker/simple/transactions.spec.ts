import { Bench, type Client } from './verbs.js';

let bench: Bench;
let a: Client;
const IN_T = { transaction: 't' };

beforeEach(() => {
  bench = new Bench({
    queues: ['/queue'],
    maxTransactions: 2,
    maxTransactionFrames: 3,
    maxTransactionBytes: 100,
  }).start();
  a = bench.connect('a');
  a.subscribe('1', '/topic/x');
});

afterEach(() => bench.broker.stop());

describe('transactions', () => {
  it('hold SEND back until COMMIT, in order', () => {
    a.transaction('BEGIN', 't');
    a.send('/topic/x', '1', IN_T);
    a.send('/topic/x', '2', IN_T);
    a.send('/topic/x', 'outside');
    expect(a.bodies).toEqual(['outside']);
    a.transaction('COMMIT', 't');
    expect(a.bodies).toEqual(['outside', '1', '2']);
    expect(bench.broker.statistics.transactions).toBe(0);
  });

  it('drop everything on ABORT, and may be begun again', () => {
    a.transaction('BEGIN', 't');
    a.send('/topic/x', '1', IN_T);
    a.transaction('ABORT', 't');
    a.transaction('BEGIN', 't');
    a.transaction('COMMIT', 't');
    expect(a.bodies).toEqual([]);
  });

  it('are aborted by the end of the session', () => {
    const b = bench.connect('b');
    b.subscribe('1', '/topic/x');
    a.transaction('BEGIN', 't');
    a.send('/topic/x', '1', IN_T);
    a.disconnect();
    expect(b.bodies).toEqual([]);
    expect(bench.broker.statistics.transactions).toBe(0);
  });

  it('hold ACK and NACK back until COMMIT', () => {
    a.subscribe('q', '/queue/x', { ack: 'client-individual' });
    a.send('/queue/x', '1');
    a.send('/queue/x', '2');
    const [first, second] = a.received;
    a.transaction('BEGIN', 't');
    a.ack(first!.ack!, IN_T);
    a.nack(second!.ack!, IN_T);
    expect(bench.broker.statistics.unacknowledged).toBe(2);
    a.transaction('COMMIT', 't');
    expect(a.last).toMatchObject({ body: '2', redelivered: true });
    expect(bench.broker.statistics.unacknowledged).toBe(1);
  });

  it('leave messages unacknowledged on ABORT', () => {
    a.subscribe('q', '/queue/x', { ack: 'client-individual' });
    a.send('/queue/x', '1');
    a.transaction('BEGIN', 't');
    a.ack(a.last.ack!, IN_T);
    a.transaction('ABORT', 't');
    a.ack(a.last.ack!);
    expect(bench.broker.statistics.unacknowledged).toBe(0);
  });

  it('ignore at COMMIT what was acknowledged meanwhile', () => {
    a.subscribe('q', '/queue/x', { ack: 'client-individual' });
    a.send('/queue/x', '1');
    a.transaction('BEGIN', 't');
    a.ack(a.last.ack!, IN_T);
    a.ack(a.last.ack!);
    a.transaction('COMMIT', 't');
    expect(bench.broker.statistics.unacknowledged).toBe(0);
  });

  it('are refused when they are unknown, begun twice, or have no name', () => {
    a.transaction('BEGIN', 't');
    expect(() => a.transaction('BEGIN', 't')).toThrow(/"t" is open already/);
    expect(() => a.transaction('COMMIT', 'nope')).toThrow(/"nope" is not open/);
    expect(() => a.transaction('ABORT', 'nope')).toThrow(/"nope" is not open/);
    expect(() => a.send('/topic/x', '', { transaction: 'nope' })).toThrow(/"nope" is not open/);
    expect(() => a.ack('x', { transaction: 'nope' })).toThrow(/ACK of "x"/);
  });

  it('are bounded in number, frames and octets', () => {
    a.transaction('BEGIN', 't');
    a.transaction('BEGIN', 'u');
    expect(() => a.transaction('BEGIN', 'v')).toThrow(/2 open transactions/);
    expect(() => a.send('/topic/x', 'x'.repeat(101), IN_T)).toThrow(/100 octets/);
    for (const body of '123') a.send('/topic/x', body, IN_T);
    expect(() => a.send('/topic/x', '4', { transaction: 'u' })).toThrow(/3 frames/);
    a.transaction('COMMIT', 't');
    expect(a.bodies).toEqual(['1', '2', '3']);
  });

  it.each([
    ['maxQueueBytes', { maxQueueBytes: 30 }, ['/queue/x', 'x'.repeat(40)]],
    ['maxQueues', { maxQueues: 2 }, ['/queue/x', '1', '/queue/y', '2']],
    ['maxHeldBytes', { maxHeldBytes: 58 }, ['/queue/x', 'x'.repeat(30), '/queue/y', '2']],
  ])('take no effect at all where %s leaves no room for a part', (name, options, sends) => {
    bench.broker.stop();
    bench = new Bench({ queues: ['/queue'], ...options }).start();
    a = bench.connect('a');
    a.subscribe('1', '/topic/x');
    a.subscribe('2', '/queue/held', { ack: 'client' });
    a.send('/queue/held', 'held');
    a.transaction('BEGIN', 't');
    a.send('/topic/x', 'before', IN_T);
    for (let i = 0; i < sends.length; i += 2) a.send(sends[i]!, sends[i + 1]!, IN_T);
    a.ack(a.last.ack!, IN_T);
    const before = { ...bench.broker.statistics };
    expect(() => a.transaction('COMMIT', 't')).toThrow(name);
    expect(a.bodies).toEqual(['held']);
    expect(bench.broker.statistics).toEqual({ ...before, transactions: 0 });
  });

  it('make room in their own queues as other messages do', () => {
    bench.broker.stop();
    bench = new Bench({ queues: ['/queue'], maxHeldBytes: 60, maxQueues: 1 }).start();
    a = bench.connect('a');
    a.send('/queue/x', 'x'.repeat(50));
    a.transaction('BEGIN', 't');
    a.send('/queue/x', '1', IN_T);
    a.send('/queue/x', '2', IN_T);
    a.transaction('COMMIT', 't');
    a.subscribe('1', '/queue/x');
    expect(a.bodies).toEqual(['1', '2']);
  });
});
