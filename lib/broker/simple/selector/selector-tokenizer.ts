import { SelectorException } from './selector.exception.js';

export type TokenKind = 'name' | 'string' | 'number' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** The name as written, the string without quotes, the digits, or the symbol. */
  readonly text: string;
  readonly position: number;
}

const NAME = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[lLdDfF]?/y;
const SYMBOL = /<>|<=|>=|==|!=|&&|\|\||[=<>!()+\-*/%,.[\]]/y;
const SPACE = /\s*/y;

/** Cuts a selector into tokens; the last one is `end`. @throws SelectorException */
export function tokenize(selector: string): Token[] {
  const tokens: Token[] = [];
  let position = skipSpace(selector, 0);
  while (position < selector.length) {
    const [token, end] = readToken(selector, position);
    tokens.push(token);
    position = skipSpace(selector, end);
  }
  tokens.push({ kind: 'end', text: '', position });
  return tokens;
}

function skipSpace(selector: string, position: number): number {
  return position + match(SPACE, selector, position)!.length;
}

function readToken(selector: string, position: number): [Token, end: number] {
  const first = selector[position]!;
  if (first === "'" || first === '"') return readString(selector, position, first);
  const kinds = [
    ['name', NAME],
    ['number', NUMBER],
    ['symbol', SYMBOL],
  ] as const;
  for (const [kind, pattern] of kinds) {
    const text = match(pattern, selector, position);
    if (text !== undefined) return [{ kind, text, position }, position + text.length];
  }
  throw new SelectorException(selector, position, `unexpected character ${JSON.stringify(first)}`);
}

/** JMS: a quote inside a string is written twice. */
function readString(selector: string, position: number, quote: string): [Token, end: number] {
  let text = '';
  for (let at = position + 1; ;) {
    const end = selector.indexOf(quote, at);
    if (end < 0) throw new SelectorException(selector, position, 'this string does not end');
    text += selector.slice(at, end);
    if (selector[end + 1] !== quote) return [{ kind: 'string', text, position }, end + 1];
    text += quote;
    at = end + 2;
  }
}

function match(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}
