import { isPattern, parsePattern, type ParsedPattern } from './pattern-parser.js';
import { compileSegment, type PatternSegment } from './pattern-segment.js';

/** The non-empty segments of a destination. */
export function segmentsOf(destination: string, separator: string): string[] {
  const segments = destination.split(separator);
  return segments.includes('') ? segments.filter((segment) => segment !== '') : segments;
}

/**
 * An Ant-style destination pattern, compiled once: `?` is one character, `*` any within a segment, `**` any number of
 * segments, `{name}` like `*` with a name, `{name:regex}` what the regex takes within a segment. Matching takes time
 * proportional to the destination, whatever the pattern; only a regex of the application's own may take longer.
 *
 * @publicApi
 */
export class DestinationPattern {
  /** Whether it has wildcards or variables at all. */
  readonly isPattern: boolean;
  /** Every destination that matches begins with it, when runs of separators are taken as one. */
  readonly literalPrefix: string;
  /** @internal Counts that decide about specificity. */
  readonly parsed: ParsedPattern;
  private readonly absolute: boolean;
  private readonly trailing: boolean;
  /** Segments before the first `**`; all of them without one. */
  private readonly head: readonly PatternSegment[];
  /** Runs of segments between two `**`. */
  private readonly middle: readonly (readonly PatternSegment[])[];
  /** Segments after the last `**`. */
  private readonly tail: readonly PatternSegment[];
  private readonly hasDoubleWildcard: boolean;

  /** @throws BadPatternException when a regex in it is none */
  constructor(
    readonly text: string,
    readonly separator = '/',
  ) {
    this.isPattern = isPattern(text);
    this.absolute = text.startsWith(separator);
    this.trailing = text.endsWith(separator);
    this.parsed = parsePattern(text, separator);
    this.literalPrefix = this.parsed.literalPrefix;
    const runs: PatternSegment[][] = [[]];
    for (const segment of this.parsed.segments)
      if (segment === '**') runs.push([]);
      else runs.at(-1)!.push(compileSegment(segment, text));
    this.hasDoubleWildcard = runs.length > 1;
    this.head = runs[0]!;
    this.middle = runs.slice(1, -1).filter((run) => run.length > 0);
    this.tail = this.hasDoubleWildcard ? runs.at(-1)! : [];
  }

  /** Names of its variables, in their order. */
  get variableNames(): string[] {
    const tokens = this.parsed.segments.flatMap((segment) => (segment === '**' ? [] : segment));
    return tokens.flatMap((token) => (token.kind === 'variable' ? token.name : []));
  }

  /** Whether a destination matches. Both or neither must begin with the separator; case counts. */
  matches(destination: string): boolean {
    return this.match(destination, undefined);
  }

  /** @internal The same of a destination whose segments are known. */
  matchesPath(destination: string, path: readonly string[]): boolean {
    return this.match(destination, undefined, path);
  }

  /** Values of the variables, undefined when the destination does not match. */
  extract(destination: string): Record<string, string> | undefined {
    const variables: Record<string, string> = {};
    return this.match(destination, variables) ? variables : undefined;
  }

  private match(
    destination: string,
    into: Record<string, string> | undefined,
    known?: readonly string[],
  ): boolean {
    const { separator } = this;
    if (destination.startsWith(separator) !== this.absolute) return false;
    const path = known ?? segmentsOf(destination, separator);
    const matched = this.hasDoubleWildcard
      ? this.matchWithDouble(path, destination, into)
      : this.matchPlain(path, destination);
    if (matched && into) this.captureEnds(path, into);
    return matched;
  }

  private matchPlain(path: readonly string[], destination: string): boolean {
    const { head } = this;
    if (path.length > head.length || !matchRun(head, path, 0, path.length)) return false;
    const trailing = destination.endsWith(this.separator);
    if (path.length === head.length) return trailing === this.trailing;
    // Spring: `/topic/*` matches `/topic/`
    return path.length === head.length - 1 && head.at(-1)!.isStar && trailing;
  }

  private matchWithDouble(
    path: readonly string[],
    destination: string,
    into: Record<string, string> | undefined,
  ): boolean {
    const { head, tail } = this;
    let from = head.length;
    const to = path.length - tail.length;
    if (to < from || !matchRun(head, path, 0, from)) return false;
    if (tail.length > 0) {
      if (destination.endsWith(this.separator) !== this.trailing) return false;
      if (!matchRun(tail, path, to, tail.length)) return false;
    }
    // The first place of a run leaves most room for the rest, so no place has to be tried again.
    for (const run of this.middle) {
      while (from + run.length <= to && !matchRun(run, path, from, run.length)) from++;
      if (from + run.length > to) return false;
      if (into) capture(run, path, from, into);
      from += run.length;
    }
    return true;
  }

  private captureEnds(path: readonly string[], into: Record<string, string>): void {
    capture(this.head, path, 0, into);
    capture(this.tail, path, path.length - this.tail.length, into);
  }
}

function matchRun(
  run: readonly PatternSegment[],
  path: readonly string[],
  at: number,
  count: number,
): boolean {
  for (let i = 0; i < count; i++) if (!run[i]!.matches(path[at + i]!)) return false;
  return true;
}

function capture(
  run: readonly PatternSegment[],
  path: readonly string[],
  at: number,
  into: Record<string, string>,
): void {
  for (let i = 0; i < run.length; i++) run[i]!.capture(path[at + i] ?? '', into);
}
