import { BadPatternException } from './bad-pattern.exception.js';
import { PatternChunk } from './pattern-chunk.js';
import type { PatternToken } from './pattern-parser.js';

/** Matches one segment of a destination. */
export interface PatternSegment {
  /** Whether it is `*` alone. */
  readonly isStar: boolean;
  matches(text: string): boolean;
  /** Adds the values of its variables; the text must match. */
  capture(text: string, into: Record<string, string>): void;
}

/** Compiles the tokens of one segment. `pattern` is named in exceptions. */
export function compileSegment(tokens: readonly PatternToken[], pattern: string): PatternSegment {
  const [first] = tokens;
  if (tokens.length === 1 && first?.kind === 'literal') return new LiteralSegment(first.text);
  const hasRegex = tokens.some((token) => token.kind === 'variable' && token.regex !== undefined);
  return hasRegex ? new RegexSegment(tokens, pattern) : new GlobSegment(tokens);
}

class LiteralSegment implements PatternSegment {
  readonly isStar = false;

  constructor(private readonly text: string) {}

  matches(text: string): boolean {
    return text === this.text;
  }

  capture(): void {}
}

/**
 * Literal chunks with stars (or variables, which match like stars) between them. Chunks are placed from the right, each
 * as far right as it goes: that gives every star the length that a greedy regex would give it, without backtracking.
 */
class GlobSegment implements PatternSegment {
  readonly isStar: boolean;
  private readonly chunks: PatternChunk[] = [];
  private readonly names: (string | undefined)[] = [];
  private readonly minLength: number;
  private readonly hasNames: boolean;

  constructor(tokens: readonly PatternToken[]) {
    this.isStar = tokens.length === 1 && tokens[0]!.kind === 'any';
    let chunk = new PatternChunk();
    for (const token of tokens) {
      if (token.kind === 'literal') chunk.append(token.text);
      else if (token.kind === 'one') chunk.appendAny();
      else {
        this.chunks.push(chunk);
        this.names.push(token.kind === 'variable' ? token.name : undefined);
        chunk = new PatternChunk();
      }
    }
    this.chunks.push(chunk);
    this.minLength = this.chunks.reduce((sum, { length }) => sum + length, 0);
    this.hasNames = this.names.some((name) => name !== undefined);
  }

  matches(text: string): boolean {
    return this.place(text, undefined);
  }

  capture(text: string, into: Record<string, string>): void {
    if (!this.hasNames) return;
    const starts: number[] = [];
    this.place(text, starts);
    this.names.forEach((name, i) => {
      if (name !== undefined)
        into[name] = text.slice(starts[i]! + this.chunks[i]!.length, starts[i + 1]);
    });
  }

  /** Finds the place of every chunk, and writes them to `starts`. */
  private place(text: string, starts: number[] | undefined): boolean {
    const { chunks } = this;
    const last = chunks.length - 1;
    const first = chunks[0]!;
    if (text.length < this.minLength || !first.isAt(text, 0)) return false;
    if (last === 0) return text.length === this.minLength;
    let end = text.length - chunks[last]!.length;
    if (!chunks[last]!.isAt(text, end)) return false;
    if (starts) starts[last] = end;
    for (let i = last - 1; i > 0; i--) {
      end = chunks[i]!.lastBefore(text, first.length, end);
      if (end < 0) return false;
      if (starts) starts[i] = end;
    }
    if (starts) starts[0] = 0;
    return true;
  }
}

/** A segment with the application's own regex in it. */
class RegexSegment implements PatternSegment {
  readonly isStar = false;
  private readonly names: string[] = [];
  private readonly regex: RegExp;

  constructor(tokens: readonly PatternToken[], pattern: string) {
    const source = tokens.map((token) => this.sourceOf(token)).join('');
    try {
      this.regex = new RegExp(`^(?:${source})$`, 's');
    } catch (cause) {
      throw new BadPatternException(pattern, (cause as Error).message, cause);
    }
  }

  matches(text: string): boolean {
    return this.regex.test(text);
  }

  capture(text: string, into: Record<string, string>): void {
    const groups = this.regex.exec(text)?.groups;
    this.names.forEach((name, i) => {
      into[name] = groups?.[`stompVariable${i}`] ?? '';
    });
  }

  private sourceOf(token: PatternToken): string {
    if (token.kind === 'literal') return token.text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    if (token.kind === 'one') return '.';
    if (token.kind === 'any') return '.*';
    const group = this.names.push(token.name) - 1;
    return `(?<stompVariable${group}>${token.regex ?? '.*'})`;
  }
}
