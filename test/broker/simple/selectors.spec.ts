import { SelectorException } from '../../../lib/broker/simple/index.js';
import { Bench } from './verbs.js';

let bench: Bench;

afterEach(() => bench.broker.stop());

describe('selectors of subscriptions', () => {
  it('choose among the messages of a topic', () => {
    bench = new Bench({ selectorHeaderName: 'selector' }).start();
    const a = bench.connect('a');
    a.subscribe('1', '/topic/x', { selector: "headers.foo == 'bar'" });
    a.send('/topic/x', 'no');
    a.send('/topic/x', 'no', { foo: 'baz' });
    a.send('/topic/x', 'yes', { foo: 'bar' });
    expect(a.bodies).toEqual(['yes']);
  });

  it('are refused when they are wrong, and nothing is stored', () => {
    bench = new Bench({ selectorHeaderName: 'selector' }).start();
    const a = bench.connect('a');
    expect(() => a.subscribe('1', '/topic/x', { selector: 'foo ==' })).toThrow(SelectorException);
    expect(bench.broker.statistics.subscriptions).toBe(0);
    a.subscribe('1', '/topic/x');
  });

  it('are bounded by options', () => {
    bench = new Bench({
      selectorHeaderName: 's',
      maxSelectorLength: 10,
      maxSelectorDepth: 1,
    }).start();
    const a = bench.connect('a');
    expect(() => a.subscribe('1', '/topic/x', { s: 'n = 1 OR n = 2' })).toThrow(/10 are allowed/);
    expect(() => a.subscribe('1', '/topic/x', { s: '((TRUE))' })).toThrow(/1 deep/);
  });

  it('are off without an option', () => {
    bench = new Bench().start();
    const a = bench.connect('a');
    a.subscribe('1', '/topic/x', { selector: 'foo ==' });
    a.send('/topic/x', 'yes');
    expect(a.bodies).toEqual(['yes']);
  });
});
