import type { DestinationPattern } from './destination-pattern.js';

const total = ({ parsed }: DestinationPattern): number =>
  parsed.variables + parsed.singleWildcards + 2 * parsed.doubleWildcards;

/**
 * Which of two patterns is the more specific for a destination: negative when `a` is, 0 when neither
 * (Spring: AntPatternComparator).
 */
export function compareSpecificity(
  a: DestinationPattern,
  b: DestinationPattern,
  destination: string,
): number {
  const catchAll = a.separator + '**';
  if (a.text === catchAll || b.text === catchAll)
    return Number(a.text === catchAll) - Number(b.text === catchAll);
  if (a.text === destination || b.text === destination)
    return Number(b.text === destination) - Number(a.text === destination);
  const aIsPrefix = a.text.endsWith(catchAll);
  const bIsPrefix = b.text.endsWith(catchAll);
  if (aIsPrefix && bIsPrefix) return b.parsed.length - a.parsed.length;
  if (aIsPrefix && b.parsed.doubleWildcards === 0) return 1;
  if (bIsPrefix && a.parsed.doubleWildcards === 0) return -1;
  return (
    total(a) - total(b) ||
    b.parsed.length - a.parsed.length ||
    a.parsed.singleWildcards - b.parsed.singleWildcards ||
    a.parsed.variables - b.parsed.variables ||
    // Differs from Spring: there `{x}` and `{x:[0-9]+}` tie, and a destination that both match is an error.
    b.parsed.regexVariables - a.parsed.regexVariables
  );
}
