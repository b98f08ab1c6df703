import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Bench } from './verbs.js';

let bench: Bench;

afterEach(() => bench.broker.stop());

describe('last values', () => {
  it('go to a new subscriber first, the newest of each destination', () => {
    bench = new Bench({ lastValue: ['/topic/price.*'] }).start();
    const a = bench.connect('a');
    a.send('/topic/price.A', '1');
    a.send('/topic/price.A', '2');
    a.send('/topic/other', 'x');
    a.subscribe('1', '/topic/price.A');
    a.subscribe('2', '/topic/other');
    a.send('/topic/price.A', '3');
    expect(a.received).toMatchObject([
      { subscription: '1', body: '2' },
      { subscription: '1', body: '3' },
    ]);
  });

  it('of all matching destinations go to the subscriber of a pattern', () => {
    bench = new Bench({ lastValue: ['/topic/price.*'] }).start();
    const a = bench.connect('a');
    a.send('/topic/price.A', 'a');
    a.send('/topic/price.B', 'b');
    a.subscribe('1', '/topic/*');
    expect(a.bodies).toEqual(['a', 'b']);
  });

  it('respect selectors and acknowledgement', () => {
    bench = new Bench({ lastValue: ['/topic/**'], selectorHeaderName: 'selector' }).start();
    const a = bench.connect('a');
    a.send('/topic/a', 'a', { kind: 'red' });
    a.send('/topic/b', 'b', { kind: 'blue' });
    a.subscribe('1', '/topic/*', { selector: "kind = 'blue'", ack: 'client' });
    expect(a.received).toMatchObject([{ body: 'b', ack: expect.any(String) }]);
  });

  it('are bounded in number and octets; what changed longest ago goes first', () => {
    bench = new Bench({
      lastValue: ['/topic/**'],
      maxLastValues: 2,
      maxLastValueBytes: 10,
    }).start();
    const a = bench.connect('a');
    for (const name of ['a', 'b', 'a', 'c']) a.send(`/topic/${name}`, name);
    expect(bench.broker.statistics.lastValues).toBe(2);
    a.subscribe('1', '/topic/*');
    expect(a.bodies).toEqual(['a', 'c']);
    for (const name of ['b', 'c']) a.send(`/topic/${name}`, 'x'.repeat(6));
    expect(bench.broker.statistics.lastValues).toBe(1);
  });

  it('that are too large are not kept, nor those before them; the others are', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    bench = new Bench({ lastValue: ['/topic/**'], maxLastValueBytes: 10 }).start();
    const a = bench.connect('a');
    for (const name of ['a', 'b']) a.send(`/topic/${name}`, name);
    a.send('/topic/b', 'x'.repeat(11));
    expect(bench.broker.statistics.lastValues).toBe(1);
    a.subscribe('1', '/topic/*');
    expect(a.bodies).toEqual(['a']);
    expect(warn.mock.calls.map(([text]) => String(text))).toEqual([
      'The last value of "/topic/b" is not kept: it has 11 octets (maxLastValueBytes)',
    ]);
    warn.mockRestore();
  });

  it('are not kept for user destinations', () => {
    bench = new Bench({ lastValue: ['/**'] }).start();
    const a = bench.connect('a');
    bench.publish('/queue/x-usera', 'secret', {}, '/user/queue/x');
    expect(bench.broker.statistics.lastValues).toBe(0);
    a.subscribe('1', '/queue/x-usera');
    expect(a.bodies).toEqual([]);
  });
});
