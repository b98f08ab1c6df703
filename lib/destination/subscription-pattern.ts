import { BadPatternException } from './bad-pattern.exception.js';
import { isPattern, parsePattern, type PatternToken } from './pattern-parser.js';

/**
 * Bounds for the patterns that clients may subscribe to.
 *
 * @publicApi
 */
export interface SubscriptionPatternLimits {
  /** Longest pattern, in characters. @default 512 */
  maxPatternLength?: number;
  /** Most wildcards and variables in a pattern; `**` is one. @default 16 */
  maxPatternWildcards?: number;
}

const wildcardsIn = (segment: '**' | readonly PatternToken[]): number =>
  segment === '**' ? 1 : segment.filter((token) => token.kind !== 'literal').length;

/**
 * Refuses what a client may not subscribe to: a pattern with `{name:regex}`, a too long one, one with too many
 * wildcards. A destination that is no pattern passes.
 *
 * @throws BadPatternException
 */
export function checkSubscriptionPattern(
  destination: string,
  separator: string,
  { maxPatternLength = 512, maxPatternWildcards = 16 }: SubscriptionPatternLimits = {},
): void {
  if (!isPattern(destination)) return;
  if (destination.length > maxPatternLength)
    throw new BadPatternException(
      destination,
      `longer than the ${maxPatternLength} characters a client may use`,
    );
  const { segments, regexVariables } = parsePattern(destination, separator);
  // Differs from Spring: a regex from outside could keep the event loop busy for hours.
  if (regexVariables > 0)
    throw new BadPatternException(destination, 'a client may not use {name:regex}');
  const wildcards = segments.reduce((sum, segment) => sum + wildcardsIn(segment), 0);
  if (wildcards > maxPatternWildcards)
    throw new BadPatternException(
      destination,
      `more than the ${maxPatternWildcards} wildcards a client may use`,
    );
}
