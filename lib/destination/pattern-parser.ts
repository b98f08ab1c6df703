import { quoted } from '../exception/index.js';
import { BadPatternException } from './bad-pattern.exception.js';

/** A piece of one segment of a pattern. */
export type PatternToken =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'any' }
  | { readonly kind: 'variable'; readonly name: string; readonly regex: string | undefined };

/** What a pattern consists of; the counts decide which of two patterns is more specific. */
export interface ParsedPattern {
  /** Its non-empty segments, `**` standing for any number of them. */
  readonly segments: readonly ('**' | readonly PatternToken[])[];
  /** Length with each variable counted as one character. */
  readonly length: number;
  readonly singleWildcards: number;
  readonly doubleWildcards: number;
  readonly variables: number;
  readonly regexVariables: number;
  /** Characters before the first wildcard or variable. */
  readonly literalPrefix: string;
}

/** Whether a destination is a pattern: it has `*`, `?` or `{…}`. */
export function isPattern(destination: string): boolean {
  if (destination.includes('*') || destination.includes('?')) return true;
  const open = destination.indexOf('{');
  return open !== -1 && destination.includes('}', open);
}

/** Index of the `}` that closes the `{` at `open`, -1 without one. Braces of a regex may nest and be escaped. */
function closingBrace(pattern: string, open: number): number {
  let depth = 0;
  for (let i = open; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === '\\') i++;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return i;
  }
  return -1;
}

/** Takes a pattern apart, once, in one pass. */
export function parsePattern(pattern: string, separator: string): ParsedPattern {
  return new PatternParser(pattern, separator).parse();
}

class PatternParser {
  private readonly segments: ('**' | readonly PatternToken[])[] = [];
  private tokens: PatternToken[] = [];
  private literal = '';
  private segmentStart = 0;
  private prefixEnd = -1;
  private length: number;
  private singleWildcards = 0;
  private doubleWildcards = 0;
  private variables = 0;
  private regexVariables = 0;

  constructor(
    private readonly pattern: string,
    private readonly separator: string,
  ) {
    this.length = pattern.length;
  }

  parse(): ParsedPattern {
    const { pattern, separator } = this;
    this.countStars();
    for (let i = 0; i < pattern.length;) i = this.step(i);
    this.endSegment(pattern.length);
    let literalPrefix = this.prefixEnd < 0 ? pattern : pattern.slice(0, this.prefixEnd);
    while (separator !== '' && literalPrefix.endsWith(separator))
      literalPrefix = literalPrefix.slice(0, -separator.length);
    const { segments, length, singleWildcards, doubleWildcards, variables, regexVariables } = this;
    return {
      segments,
      length,
      singleWildcards,
      doubleWildcards,
      variables,
      regexVariables,
      literalPrefix,
    };
  }

  private step(at: number): number {
    const { pattern, separator } = this;
    if (pattern.startsWith(separator, at)) {
      this.endSegment(at);
      this.segmentStart = at + separator.length;
      return this.segmentStart;
    }
    const char = pattern[at]!;
    if (char === '*') this.wildcard({ kind: 'any' }, at);
    else if (char === '?') this.wildcard({ kind: 'one' }, at);
    else if (char === '{') return this.variable(at);
    else this.literal += char;
    return at + 1;
  }

  private variable(open: number): number {
    const close = closingBrace(this.pattern, open);
    const inside = close === -1 ? '' : this.pattern.slice(open + 1, close);
    const colon = inside.indexOf(':');
    const name = colon === -1 ? inside : inside.slice(0, colon);
    if (name === '' || name.includes(this.separator)) {
      this.literal += '{';
      return open + 1;
    }
    if (name.startsWith('*'))
      throw new BadPatternException(
        this.pattern,
        `variable ${quoted(`{${name}}`)}: a name cannot begin with *`,
      );
    const regex = colon === -1 ? undefined : inside.slice(colon + 1);
    this.wildcard({ kind: 'variable', name, regex }, open);
    this.variables++;
    if (regex !== undefined) this.regexVariables++;
    this.length -= close - open;
    return close + 1;
  }

  private wildcard(token: PatternToken, at: number): void {
    if (this.prefixEnd < 0) this.prefixEnd = at;
    this.endLiteral();
    this.tokens.push(token);
  }

  private endLiteral(): void {
    if (this.literal !== '') this.tokens.push({ kind: 'literal', text: this.literal });
    this.literal = '';
  }

  private endSegment(end: number): void {
    this.endLiteral();
    if (this.tokens.length === 0) return;
    const text = this.pattern.slice(this.segmentStart, end);
    this.segments.push(text === '**' ? '**' : this.tokens);
    this.tokens = [];
  }

  /** Spring, AntPatternComparator: a star at the very beginning does not count, nor does a last `.*`. */
  private countStars(): void {
    const { pattern } = this;
    for (let i = 0; i < pattern.length; i++) {
      if (pattern[i] === '{') i = Math.max(i, closingBrace(pattern, i));
      else if (pattern[i] !== '*') continue;
      else if (pattern[i + 1] === '*') {
        this.doubleWildcards++;
        i++;
      } else if (i > 0 && pattern.slice(i - 1) !== '.*') this.singleWildcards++;
    }
  }
}
