import { parameterNames } from '../../../lib/handler/argument/parameter-names.js';

const named = (fn: (...args: any[]) => unknown) => parameterNames(fn);

describe('parameterNames', () => {
  it('reads methods, functions and arrows', () => {
    class Sample {
      async method(one: unknown, $two: unknown) {
        await Promise.resolve([one, $two]);
      }
    }
    expect(named(Reflect.get(Sample.prototype, 'method') as () => unknown)).toEqual([
      'one',
      '$two',
    ]);
    expect(named((a, b) => [a, b])).toEqual(['a', 'b']);
    expect(named(() => 0)).toEqual([]);
  });

  it('skips defaults, comments and a rest parameter', () => {
    expect(named((a = [1, 2 + 3], b = { c: ')' }) => [a, b])).toEqual(['a', 'b']);
    expect(named(eval('(a /* , x */, b // ,y\n) => 0'))).toEqual(['a', 'b']);
    expect(named((a, ...rest) => [a, rest])).toEqual(['a']);
  });

  it('has no name for a destructured one', () => {
    expect(named(({ a }, [b], c) => [a, b, c])).toEqual([undefined, undefined, 'c']);
  });
});
