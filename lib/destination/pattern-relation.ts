import type { DestinationPattern } from './destination-pattern.js';
import type { PatternToken } from './pattern-parser.js';
import { compileSegment } from './pattern-segment.js';

/** `covers`: all destinations of the other; `disjoint`: none of them; `overlaps`: maybe some. */
export type PatternRelation = 'covers' | 'overlaps' | 'disjoint';

/**
 * How the destinations of a pattern (a rule's) relate to those of another (a client's, without regex). Where it cannot tell
 * it says `overlaps`. That `/topic/*` also takes `/topic/` is not looked at.
 */
export function relationOf(rule: DestinationPattern, other: DestinationPattern): PatternRelation {
  const { separator } = rule;
  if (rule.text.startsWith(separator) !== other.text.startsWith(separator)) return 'disjoint';
  const [own, theirs] = [rule.parsed.segments, other.parsed.segments];
  if (!align(own, theirs, isDouble, segmentsOverlap, true)) return 'disjoint';
  const isOpen = own.at(-1) === '**';
  const sameEnd = isOpen || rule.text.endsWith(separator) === other.text.endsWith(separator);
  return sameEnd && align(own, theirs, isDouble, segmentCovers, false) ? 'covers' : 'overlaps';
}

// Of `/topic/>` the slash stays: what is before it is no name.
const DIVIDER_BEHIND_NAME = /\.$|(?<=\/.+\/.+)\/$/;

/**
 * A subscription destination in which a broker's own wildcards `#` and `>` are `**`: it matches at least what they match
 * at RabbitMQ, ActiveMQ and Artemis.
 */
export function withBrokerWildcards(destination: string, separator: string): string {
  const at = destination.search(/[#>]/);
  if (at < 0) return destination;
  const before = destination.slice(0, at);
  if (before.endsWith(separator)) return `${before}**`;
  // They stand for no word too: `staff.#` is `staff` as well.
  return `${before.replace(DIVIDER_BEHIND_NAME, '')}*${separator}**`;
}

type Segment = '**' | readonly PatternToken[];
type Unit = string | typeof ONE | typeof ANY;

const ONE = Symbol('?');
const ANY = Symbol('*');
const isDouble = (segment: Segment): boolean => segment === '**';
const isAny = (unit: Unit): boolean => unit === ANY;

/**
 * Whether two lists can be laid side by side: a repeating item takes any number of the other list's, others are compared by
 * `pair`. Without `bothRepeat` only those of the first list repeat, and one of the second fits nothing else.
 */
function align<T>(
  first: readonly T[],
  second: readonly T[],
  repeats: (item: T) => boolean,
  pair: (a: T, b: T) => boolean,
  bothRepeat: boolean,
): boolean {
  const width = second.length;
  let below: boolean[] = [];
  for (let i = first.length; i >= 0; i--) {
    const row: boolean[] = [];
    const a = first[i];
    for (let j = width; j >= 0; j--) {
      const b = second[j];
      if (i === first.length && j === width) row[j] = true;
      else if (a !== undefined && repeats(a)) row[j] = below[j]! || (j < width && row[j + 1]!);
      else if (b !== undefined && repeats(b))
        row[j] = bothRepeat && (row[j + 1]! || (a !== undefined && below[j]!));
      else row[j] = a !== undefined && b !== undefined && below[j + 1]! && pair(a, b);
    }
    below = row;
  }
  return below[0]!;
}

function segmentsOverlap(a: Segment, b: Segment): boolean {
  const overlap = (x: Unit, y: Unit): boolean => x === y || x === ONE || y === ONE;
  return align(unitsOf(a), unitsOf(b), isAny, overlap, true);
}

function segmentCovers(rule: Segment, other: Segment): boolean {
  if (rule === '**' || other === '**') return rule === '**';
  if (rule.some((token) => token.kind === 'variable' && token.regex !== undefined)) {
    const [only] = other;
    if (other.length !== 1 || only?.kind !== 'literal') return false;
    return compileSegment(rule, '').matches(only.text);
  }
  const covers = (x: Unit, y: Unit): boolean => x === y || x === ONE;
  return align(unitsOf(rule), unitsOf(other), isAny, covers, false);
}

function unitsOf(segment: Segment): Unit[] {
  if (segment === '**') return [ANY];
  return segment.flatMap((token): Unit[] => {
    if (token.kind === 'literal') return [...token.text];
    return [token.kind === 'one' ? ONE : ANY];
  });
}
