import fc from 'fast-check';
import { DestinationIndex, DestinationPattern, isPattern } from '../../lib/destination/index.js';

const indexOf = (...entries: [destination: string, value: number][]): DestinationIndex<number> => {
  const index = new DestinationIndex<number>();
  for (const [destination, value] of entries) index.add(destination, value);
  return index;
};

describe('DestinationIndex', () => {
  it('finds values by destination and by pattern', () => {
    const index = indexOf(['/a/b', 1], ['/a/*', 2], ['/a/**', 3], ['/c', 4]);
    expect([...index.find('/a/b')].sort()).toEqual([1, 2, 3]);
    expect([...index.find('/a/x')].sort()).toEqual([2, 3]);
    expect(index.find('/c')).toEqual([4]);
    expect(index.find('/d')).toEqual([]);
  });

  it('finds each of several subscriptions of one value', () => {
    expect(indexOf(['/a/b', 1], ['/a/*', 1]).find('/a/b')).toEqual([1, 1]);
  });

  it('takes a value once for a destination', () => {
    expect(indexOf(['/a', 1], ['/a', 1], ['/*', 2], ['/*', 2]).find('/a')).toEqual([1, 2]);
  });

  it('matches destinations with empty segments', () => {
    expect(indexOf(['/topic/a*', 1]).find('/topic//ab')).toEqual([1]);
    expect(indexOf(['/topic//a*', 1]).find('/topic/ab')).toEqual([1]);
  });

  it.each([1, 2, 40])('gives the same array until the result changes, %d values', (count) => {
    const index = new DestinationIndex<number>();
    for (let i = 0; i < count; i++) index.add('/a', i);
    index.add('/*', -1);
    const before = index.find('/a');
    index.add('/b', 1);
    index.add('/c/*', 1);
    index.remove('/c/*', 1);
    expect(index.find('/a')).toBe(before);
    index.add('/a', 100);
    expect(index.find('/a')).not.toBe(before);
    expect(index.find('/a')).toHaveLength(count + 2);
    expect(before).toHaveLength(count + 1);
  });

  it('gives all destinations that one pattern matches the same array', () => {
    const index = indexOf(['/a/*', 1], ['/a/*', 2]);
    expect(index.find('/a/x')).toBe(index.find('/a/y'));
  });

  it('forgets what was removed at once', () => {
    const index = indexOf(['/a', 1], ['/a', 2], ['/*', 3]);
    expect(index.find('/a')).toHaveLength(3);
    expect(index.remove('/a', 1)).toBe(true);
    expect(index.remove('/*', 3)).toBe(true);
    expect(index.find('/a')).toEqual([2]);
    expect(index.remove('/a', 2)).toBe(true);
    expect(index.find('/a')).toEqual([]);
    expect(index.size).toBe(0);
  });

  it('says that there was nothing to remove', () => {
    const index = indexOf(['/a', 1], ['/a/*', 1]);
    expect(index.remove('/a', 2)).toBe(false);
    expect(index.remove('/b', 1)).toBe(false);
    expect(index.remove('/a/*', 2)).toBe(false);
    expect(index.remove('/b/*', 2)).toBe(false);
  });

  it('remembers more destinations than its cache holds', () => {
    const index = new DestinationIndex<number>({ cacheLimit: 4, joinedValuesLimit: 4 });
    index.add('/a/*', 1);
    index.add('/a/**', 2);
    for (let i = 0; i < 50; i++) expect([...index.find(`/a/${i % 20}`)].sort()).toEqual([1, 2]);
  });

  it('finds very long destinations', () => {
    const index = indexOf(['/a/*', 1], ['/a/**', 2]);
    const long = `/a/${'x'.repeat(5000)}`;
    expect(index.find(long)).toHaveLength(2);
    expect(index.find(long)).toEqual(index.find(long));
  });

  it('splits at the separator it was made with', () => {
    const index = new DestinationIndex<number>({ separator: '.' });
    index.add('/topic/price.*', 1);
    expect(index.find('/topic/price.a/b')).toEqual([1]);
    expect(index.find('/topic/price.a.b')).toEqual([]);
  });

  it('keeps up with a hundred thousand subscribers of one destination that leave', () => {
    const index = new DestinationIndex<number>();
    for (let i = 0; i < 100_000; i++) index.add('/a', i);
    expect(index.find('/a')).toHaveLength(100_000);
    for (let i = 0; i < 99_999; i++) index.remove('/a', i);
    expect(index.find('/a')).toEqual([99_999]);
  });

  it('finds what a list of all subscriptions would find, while they come and go', () => {
    const destination = fc
      .array(fc.constantFrom('a', 'b', 'ab', 'a*', '*', '**', '?', '{x}'), {
        minLength: 1,
        maxLength: 3,
      })
      .map((segments) => `/${segments.join('/')}`);
    const plain = fc
      .array(fc.constantFrom('a', 'b', 'ab', 'c'), { minLength: 1, maxLength: 3 })
      .map((segments) => `/${segments.join('/')}`);
    const step = fc.record({ add: fc.boolean(), destination, value: fc.nat(20), find: plain });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const index = new DestinationIndex<number>({ cacheLimit: 6, joinedValuesLimit: 20 });
        const model = new Map<string, [string, number]>();
        for (const { add, destination, value, find } of steps) {
          const key = `${destination} ${value}`;
          if (add) {
            index.add(destination, value);
            model.set(key, [destination, value]);
          } else expect(index.remove(destination, value)).toBe(model.delete(key));
          const expected = [...model.values()]
            .filter(([text]) =>
              isPattern(text) ? new DestinationPattern(text).matches(find) : text === find,
            )
            .map(([, one]) => one);
          expect([...index.find(find)].sort()).toEqual(expected.sort());
          expect(index.find(find)).toEqual(index.find(find));
        }
      }),
      { numRuns: 300 },
    );
  });
});
