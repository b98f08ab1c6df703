import fc from 'fast-check';
import {
  DestinationPattern,
  relationOf,
  withBrokerWildcards,
} from '../../lib/destination/index.js';

const relation = (rule: string, other: string, separator = '/'): string =>
  relationOf(new DestinationPattern(rule, separator), new DestinationPattern(other, separator));

it.each([
  ['/topic/**', '/topic/*', 'covers'],
  ['/topic/**', '/topic/a/**', 'covers'],
  ['/topic/**', '/**', 'overlaps'],
  ['/topic/admin/**', '/topic/**', 'overlaps'],
  ['/topic/admin/**', '/topic/*', 'overlaps'],
  ['/topic/admin/**', '/topic/*/x', 'overlaps'],
  ['/topic/admin/**', '/topic/a?min/x', 'overlaps'],
  ['/topic/admin/**', '/topic/{x}/y', 'overlaps'],
  ['/topic/admin/**', '/topic/public/**', 'disjoint'],
  ['/topic/admin/**', '/topic/adm*n2/**', 'disjoint'],
  ['/topic/{room}', '/topic/*', 'covers'],
  ['/topic/{room}', '/topic/a*', 'covers'],
  ['/topic/{room}', '/topic/*/b', 'disjoint'],
  ['/topic/{id:[0-9]+}', '/topic/*', 'overlaps'],
  ['/topic/{id:[0-9]+}', '/topic/12', 'covers'],
  ['/topic/a*', '/topic/ab*', 'covers'],
  ['/topic/ab*', '/topic/a*', 'overlaps'],
  ['/topic/a?', '/topic/a*', 'overlaps'],
  ['/topic/*/x', '/topic/**/x', 'overlaps'],
  ['/**/x', '/topic/**/x', 'covers'],
  ['/topic/*/', '/topic/*', 'overlaps'],
  ['topic/**', '/topic/**', 'disjoint'],
  ['/**', '/topic//**', 'covers'],
])('%s and %s: %s', (rule, other, expected) => {
  expect(relation(rule, other)).toBe(expected);
});

it('follows the separator', () => {
  expect(relation('/topic/admin.**', '/topic/*.x', '.')).toBe('overlaps');
  expect(relation('/topic/admin.**', '/topic/**', '.')).toBe('overlaps');
  expect(relation('/topic/**', '/topic/admin.x', '.')).toBe('disjoint');
});

it('takes wildcards of brokers for everything below', () => {
  expect(withBrokerWildcards('/topic/a', '.')).toBe('/topic/a');
  expect(withBrokerWildcards('/topic/a.#', '.')).toBe('/topic/a.**');
  expect(withBrokerWildcards('/topic/>', '.')).toBe('/topic/*.**');
  expect(withBrokerWildcards('/topic/#.b', '/')).toBe('/topic/**');
  expect(withBrokerWildcards('/topic/a.#', '/')).toBe('/topic/a*/**');
  expect(withBrokerWildcards('/topic/a/>', '.')).toBe('/topic/a*.**');
});

/** What brokers match: `*` is one word, `#` any number, `>` all that are left. */
function brokerMatches([first, ...rest]: readonly string[], words: readonly string[]): boolean {
  if (first === undefined) return words.length === 0;
  if (first === '>') return true;
  if (first === '#' && brokerMatches(rest, words)) return true;
  if (words.length === 0) return false;
  if (first === '#') return brokerMatches([first, ...rest], words.slice(1));
  return (first === '*' || first === words[0]) && brokerMatches(rest, words.slice(1));
}

it.each(['/', '.'])('takes in all that brokers match, separator %s', (separator) => {
  const word = fc.constantFrom('a', 'b', 'ab');
  const words = fc.array(word, { minLength: 1, maxLength: 4 });
  const wildcard = fc.constantFrom('#', '>', '*');
  const pattern = fc.array(fc.oneof(word, wildcard), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(pattern, words, (one, name) => {
      fc.pre(one.some((part) => part === '#' || part === '>') && brokerMatches(one, name));
      const text = withBrokerWildcards(`/topic/${one.join('.')}`, separator);
      expect(new DestinationPattern(text, separator).matches(`/topic/${name.join('.')}`)).toBe(
        true,
      );
    }),
    { numRuns: 2000 },
  );
});

it('is never wrong about destinations', () => {
  const segment = fc.constantFrom('a', 'b', 'ab', '*', '**', '?', 'a*', '*b', 'a?', '{v}', 'a{v}');
  const pattern = fc
    .array(segment, { minLength: 1, maxLength: 4 })
    .map((all) => `/${all.join('/')}`);
  const destination = fc
    .array(fc.constantFrom('a', 'b', 'ab', 'aab', 'c'), { minLength: 1, maxLength: 4 })
    .map((all) => `/${all.join('/')}`);
  fc.assert(
    fc.property(pattern, pattern, fc.array(destination, { minLength: 10 }), (rule, other, all) => {
      const [ours, theirs] = [new DestinationPattern(rule), new DestinationPattern(other)];
      const found = relationOf(ours, theirs);
      for (const one of all.filter((text) => theirs.matches(text))) {
        if (found === 'covers' && !ours.matches(one)) return false;
        if (found === 'disjoint' && ours.matches(one)) return false;
      }
      return true;
    }),
    { numRuns: 1500 },
  );
});

it('takes time proportional to both patterns', () => {
  const rule = `/${'*a*'.repeat(100)}/${'**/x/'.repeat(20)}**`;
  const other = `/${'*b*'.repeat(200)}/${'**/y/'.repeat(20)}**`;
  expect(relation(rule, other)).toBe('overlaps');
});
