import { quoted, refuseOption } from '../exception/index.js';
import { BadPatternException } from './bad-pattern.exception.js';
import { BoundedCache } from './bounded-cache.js';
import { DestinationPattern } from './destination-pattern.js';
import { isPattern } from './pattern-parser.js';
import { compareSpecificity } from './specificity.js';

/**
 * Ant-style destination patterns by their text (Spring: AntPathMatcher). Keeps what it compiled, within a bound; whoever
 * matches one pattern often holds the `DestinationPattern` itself.
 *
 * @publicApi
 */
export class AntPathMatcher {
  private readonly compiled = new BoundedCache<string, DestinationPattern>(2048);

  /** @param separator between segments: `/` or `.` @default '/' @throws StompException when it is empty */
  constructor(readonly separator = '/') {
    if (separator === '') refuseOption('separator', separator, "a text like '/' or '.'");
  }

  /** Whether a text has `*`, `?` or `{…}`. */
  isPattern(text: string): boolean {
    return isPattern(text);
  }

  /** @throws BadPatternException when the pattern cannot be used */
  compile(pattern: string): DestinationPattern {
    let compiled = this.compiled.get(pattern);
    if (compiled === undefined) {
      compiled = new DestinationPattern(pattern, this.separator);
      this.compiled.set(pattern, compiled);
    }
    return compiled;
  }

  match(pattern: string, destination: string): boolean {
    return this.compile(pattern).matches(destination);
  }

  /** Values of a pattern's variables. @throws BadPatternException when the destination does not match */
  extractVariables(pattern: string, destination: string): Record<string, string> {
    const variables = this.compile(pattern).extract(destination);
    if (variables) return variables;
    throw new BadPatternException(pattern, `it does not match ${quoted(destination)}`);
  }

  /** Orders patterns that match a destination: the more specific first, 0 when neither is. */
  compare(a: string, b: string, destination: string): number {
    return compareSpecificity(this.compile(a), this.compile(b), destination);
  }

  /**
   * Joins the pattern of a class and that of a method. `/hotels` and `/bookings` give `/hotels/bookings`, a last `/*` of
   * the first gives way, and the second stands alone when the first matches it.
   *
   * @throws BadPatternException when both end with different file extensions (`/*.html` and `/*.txt`)
   */
  combine(first: string, second: string): string {
    if (first.trim() === '') return second.trim() === '' ? '' : second;
    if (second.trim() === '') return first;
    const { separator } = this;
    const hasVariables = first.includes('{');
    if (first !== second && !hasVariables && this.match(first, second)) return second;
    if (first.endsWith(`${separator}*`)) return this.concat(first.slice(0, -2), second);
    const star = first.indexOf('*.');
    if (first.endsWith(`${separator}**`) || hasVariables || star === -1 || separator === '.')
      return this.concat(first, second);
    return combineExtensions(first, second, first.slice(star + 1));
  }

  private concat(first: string, second: string): string {
    const { separator } = this;
    const ends = first.endsWith(separator);
    const starts = second.startsWith(separator);
    if (ends && starts) return first + second.slice(separator.length);
    return ends || starts ? first + second : first + separator + second;
  }
}

/** `/*.html` and `/hotels` give `/hotels.html`. */
function combineExtensions(first: string, second: string, extension: string): string {
  const dot = second.indexOf('.');
  const own = dot === -1 ? '' : second.slice(dot);
  const isOpen = (one: string): boolean => one === '' || one === '.*';
  if (!isOpen(extension) && !isOpen(own))
    throw new BadPatternException(first, `it cannot be combined with ${quoted(second)}`);
  return (dot === -1 ? second : second.slice(0, dot)) + (isOpen(extension) ? own : extension);
}
