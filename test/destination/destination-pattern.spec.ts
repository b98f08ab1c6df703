import fc from 'fast-check';
import { DestinationPattern } from '../../lib/destination/index.js';
import { ownTime } from '../support/own-time.js';

/** Matches as Ant patterns are defined, by trying everything. */
function naiveSegment(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*')
    return (
      naiveSegment(pattern.slice(1), text) || (text !== '' && naiveSegment(pattern, text.slice(1)))
    );
  if (text === '') return false;
  return (
    (pattern[0] === '?' || pattern[0] === text[0]) && naiveSegment(pattern.slice(1), text.slice(1))
  );
}

function naivePath(pattern: readonly string[], path: readonly string[]): boolean {
  const [first] = pattern;
  if (first === undefined) return path.length === 0;
  if (first === '**')
    return (
      naivePath(pattern.slice(1), path) || (path.length > 0 && naivePath(pattern, path.slice(1)))
    );
  if (path.length === 0) return false;
  return naiveSegment(first, path[0]!) && naivePath(pattern.slice(1), path.slice(1));
}

const segmentPattern = fc.oneof(
  { weight: 1, arbitrary: fc.constant('**') },
  {
    weight: 3,
    arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 6 }),
  },
);
const segment = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 6 });

describe('DestinationPattern', () => {
  it.each(['/', '.'])('matches as a naive matcher does, separator %s', (separator) => {
    fc.assert(
      fc.property(
        fc.array(segmentPattern, { minLength: 1, maxLength: 6 }),
        fc.array(segment, { minLength: 1, maxLength: 7 }),
        (pattern, path) => {
          const compiled = new DestinationPattern(separator + pattern.join(separator), separator);
          expect(compiled.matches(separator + path.join(separator))).toBe(naivePath(pattern, path));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('finds what is between two stars as a regex does', () => {
    const between = fc.string({ unit: fc.constantFrom('a', 'a', 'b', '?'), maxLength: 12 });
    const text = fc.string({ unit: fc.constantFrom('a', 'a', 'b'), minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(between, { minLength: 1, maxLength: 3 }), text, (chunks, segment) => {
        const regex = new RegExp(`^.*${chunks.join('.*').replaceAll('?', '.')}.*$`);
        const pattern = new DestinationPattern(`/*${chunks.join('*')}*x`);
        expect(pattern.matches(`/${segment}x`)).toBe(regex.test(segment));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['between two stars', (i: number) => `/*${'a'.repeat(2000 + i)}b${'a'.repeat(2000)}*`],
    ['with ? in it', (i: number) => `/*${'a?'.repeat(12)}${'a'.repeat(2000 + i)}b*`],
  ])('takes time proportional to the destination to look for a text %s', (_what, patternOf) => {
    const patterns = Array.from({ length: 100 }, (_, i) => new DestinationPattern(patternOf(i)));
    const destination = `/${'a'.repeat(16_000)}`;
    const started = ownTime();
    for (const pattern of patterns) expect(pattern.matches(destination)).toBe(false);
    expect(ownTime() - started).toBeLessThan(700);
  });

  it('gives variables what a greedy regex would give them', () => {
    const unit = fc.constantFrom('a', 'b', '-', '*', '{}', '?');
    fc.assert(
      fc.property(
        fc.array(unit, { minLength: 1, maxLength: 6 }),
        fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 1, maxLength: 8 }),
        (parts, text) => {
          let count = 0;
          const pattern = parts.map((one) => (one === '{}' ? `{v${count++}}` : one)).join('');
          if (pattern === '**') return;
          count = 0;
          const source = parts.map((one) => {
            if (one === '*') return '.*';
            if (one === '?') return '.';
            return one === '{}' ? `(?<v${count++}>.*)` : one;
          });
          const groups = new RegExp(`^${source.join('')}$`).exec(text)?.groups;
          const expected = new RegExp(`^${source.join('')}$`).test(text)
            ? { ...groups }
            : undefined;
          expect(new DestinationPattern(`/${pattern}`).extract(`/${text}`)).toEqual(expected);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('every destination that matches begins with its literal prefix', () => {
    fc.assert(
      fc.property(
        fc.array(segmentPattern, { minLength: 1, maxLength: 4 }),
        fc.array(segment, { minLength: 1, maxLength: 5 }),
        (pattern, path) => {
          const compiled = new DestinationPattern(`/${pattern.join('/')}`);
          const destination = `/${path.join('/')}`;
          if (compiled.matches(destination))
            expect(destination.startsWith(compiled.literalPrefix)).toBe(true);
        },
      ),
    );
  });

  it('knows whether it is a pattern at all', () => {
    expect(new DestinationPattern('/a/b').isPattern).toBe(false);
    expect(new DestinationPattern('/a/{b}').isPattern).toBe(true);
  });
});
