import type { Arithmetic, Comparison, Expression, SelectorValue } from './expression.js';
import { LikePattern } from './like-pattern.js';
import { SelectorException } from './selector.exception.js';
import { tokenize, type Token } from './selector-tokenizer.js';

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '=': '=',
  '<>': '<>',
  '==': '==',
  '!=': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  // Spring's expression language has words for them.
  EQ: '==',
  NE: '!=',
  LT: '<',
  LE: '<=',
  GT: '>',
  GE: '>=',
};
const RESERVED = new Set(['AND', 'OR', 'NOT', 'IN', 'LIKE', 'BETWEEN', 'IS', 'ESCAPE']);
const CONSTANTS: Readonly<Record<string, SelectorValue>> = { TRUE: true, FALSE: false, NULL: null };
const CONDITIONS = new Set<Expression['kind']>([
  ...([
    'and',
    'or',
    'not',
    'compare',
    'between',
    'in',
    'like',
    'null',
    'header',
    'native',
  ] as const),
]);

/**
 * Parses one selector: the SQL-92 subset of JMS with the ways of writing of Spring's users (`==`, `!=`, `&&`, `||`, `!`,
 * `headers.name`, `headers['name']`). Recursive descent, a method a level of precedence.
 */
export class SelectorParser {
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;

  /** @param maxDepth how deep parentheses, NOT and signs may nest */
  constructor(
    private readonly selector: string,
    private readonly maxDepth: number,
  ) {
    this.tokens = tokenize(selector);
  }

  parse(): Expression {
    const condition = this.condition(() => this.or());
    if (this.peek().kind !== 'end') throw this.unexpected('AND, OR or the end');
    return condition;
  }

  private or(): Expression {
    return this.chain('or', ['OR', '||'], () => this.and());
  }

  private and(): Expression {
    return this.chain('and', ['AND', '&&'], () => this.not());
  }

  private chain(kind: 'and' | 'or', operators: string[], next: () => Expression): Expression {
    const start = this.peek();
    const first = next();
    if (!this.isNext(...operators)) return first;
    this.checkCondition(first, start);
    const operands = [first];
    while (this.accept(...operators)) operands.push(this.condition(next));
    return { kind, operands };
  }

  private not(): Expression {
    if (!this.accept('NOT', '!')) return this.comparison();
    return { kind: 'not', operand: this.condition(() => this.nested(() => this.not())) };
  }

  private comparison(): Expression {
    const left = this.sum();
    const operator = this.comparisonOperator();
    if (operator) return { kind: 'compare', operator, left, right: this.sum() };
    if (this.accept('IS')) {
      const negated = this.accept('NOT');
      this.expect('NULL');
      return inverted(negated, { kind: 'null', operand: left });
    }
    const negated = this.isFollowedBy('NOT', 'BETWEEN', 'IN', 'LIKE') && this.accept('NOT');
    if (this.accept('BETWEEN')) return inverted(negated, this.between(left));
    if (this.accept('IN')) return inverted(negated, this.in(left));
    if (this.accept('LIKE')) return inverted(negated, this.like(left));
    return left;
  }

  private comparisonOperator(): Comparison | undefined {
    const { kind, text } = this.peek();
    if (kind !== 'symbol' && kind !== 'name') return undefined;
    const word = text.toUpperCase();
    if (!Object.hasOwn(COMPARISONS, word)) return undefined;
    this.at++;
    return COMPARISONS[word];
  }

  private between(operand: Expression): Expression {
    const low = this.sum();
    this.expect('AND');
    return { kind: 'between', operand, low, high: this.sum() };
  }

  private in(operand: Expression): Expression {
    this.expect('(');
    const values: SelectorValue[] = [];
    do values.push(this.listed());
    while (this.accept(','));
    this.expect(')');
    return { kind: 'in', operand, values };
  }

  private listed(): SelectorValue {
    const sign = this.accept('-') ? -1 : 1;
    const token = this.next();
    if (token.kind === 'number') return sign * numberOf(token);
    if (token.kind === 'string' && sign === 1) return token.text;
    throw this.unexpected('a string or a number', token);
  }

  private like(operand: Expression): Expression {
    const pattern = this.string();
    if (!this.accept('ESCAPE')) return { kind: 'like', operand, pattern: new LikePattern(pattern) };
    const token = this.peek();
    const escape = this.string();
    if ([...escape].length !== 1) throw this.problem('ESCAPE takes one character', token);
    return { kind: 'like', operand, pattern: new LikePattern(pattern, escape) };
  }

  private sum(): Expression {
    return this.arithmetic(['+', '-'], () => this.product());
  }

  private product(): Expression {
    return this.arithmetic(['*', '/', '%'], () => this.signed());
  }

  private arithmetic(operators: Arithmetic[], next: () => Expression): Expression {
    const first = next();
    const rest: [Arithmetic, Expression][] = [];
    while (this.isNext(...operators)) rest.push([this.next().text as Arithmetic, next()]);
    return rest.length === 0 ? first : { kind: 'arithmetic', first, rest };
  }

  private signed(): Expression {
    if (this.accept('+')) return this.nested(() => this.signed());
    if (this.accept('-')) return { kind: 'negate', operand: this.nested(() => this.signed()) };
    return this.value();
  }

  private value(): Expression {
    if (this.accept('(')) {
      const inner = this.nested(() => this.or());
      this.expect(')');
      return inner;
    }
    const token = this.next();
    if (token.kind === 'string') return { kind: 'literal', value: token.text };
    if (token.kind === 'number') return { kind: 'literal', value: numberOf(token) };
    if (token.kind !== 'name') throw this.unexpected('a header, a string or a number', token);
    const word = token.text.toUpperCase();
    if (Object.hasOwn(CONSTANTS, word)) return { kind: 'literal', value: CONSTANTS[word]! };
    if (RESERVED.has(word)) throw this.unexpected('a header, a string or a number', token);
    return this.header(token);
  }

  private header(token: Token): Expression {
    if (token.text === 'headers' && this.isNext('.', '[')) {
      const name = this.property();
      return name === 'nativeHeaders' && this.isNext('.', '[')
        ? { kind: 'native', name: this.property(), index: this.index() }
        : { kind: 'header', name };
    }
    if (token.text === 'nativeHeaders' || token.text === 'payload')
      throw this.problem(
        "selectors read headers: write headers.name, headers['name'] or name",
        token,
      );
    let name = token.text;
    while (this.accept('.')) name += `.${this.name()}`;
    return { kind: 'header', name };
  }

  private property(): string {
    if (this.accept('.')) return this.name();
    this.expect('[');
    const name = this.string();
    this.expect(']');
    return name;
  }

  private index(): number {
    if (!this.accept('[')) return 0;
    const token = this.next();
    if (token.kind !== 'number') throw this.unexpected('a number', token);
    this.expect(']');
    return numberOf(token);
  }

  private name(): string {
    const token = this.next();
    if (token.kind !== 'name') throw this.unexpected('a name', token);
    return token.text;
  }

  private string(): string {
    const token = this.next();
    if (token.kind !== 'string') throw this.unexpected('a string in quotes', token);
    return token.text;
  }

  private condition(parse: () => Expression): Expression {
    const start = this.peek();
    const expression = parse();
    this.checkCondition(expression, start);
    return expression;
  }

  private checkCondition(expression: Expression, start: Token): void {
    const isTruth = expression.kind === 'literal' && typeof expression.value === 'boolean';
    if (!isTruth && !CONDITIONS.has(expression.kind))
      throw this.problem('expected a condition, found a value', start);
  }

  private nested<T>(parse: () => T): T {
    if (++this.depth > this.maxDepth)
      throw this.problem(`nested more than ${this.maxDepth} deep`, this.peek());
    const result = parse();
    this.depth--;
    return result;
  }

  private peek(): Token {
    return this.tokens[this.at]!;
  }

  private next(): Token {
    const token = this.tokens[this.at]!;
    if (token.kind !== 'end') this.at++;
    return token;
  }

  private isNext(...words: string[]): boolean {
    return isOneOf(this.peek(), words);
  }

  private isFollowedBy(first: string, ...words: string[]): boolean {
    return this.isNext(first) && isOneOf(this.tokens[this.at + 1]!, words);
  }

  private accept(...words: string[]): boolean {
    if (!this.isNext(...words)) return false;
    this.at++;
    return true;
  }

  private expect(word: string): void {
    if (!this.accept(word)) throw this.unexpected(word);
  }

  private unexpected(expected: string, token = this.peek()): SelectorException {
    const found = token.kind === 'end' ? 'the end' : JSON.stringify(token.text);
    return this.problem(`expected ${expected}, found ${found}`, token);
  }

  private problem(text: string, { position }: Token): SelectorException {
    return new SelectorException(this.selector, position, text);
  }
}

function isOneOf({ kind, text }: Token, words: readonly string[]): boolean {
  return (kind === 'name' || kind === 'symbol') && words.includes(text.toUpperCase());
}

function inverted(negated: boolean, operand: Expression): Expression {
  return negated ? { kind: 'not', operand } : operand;
}

/** JMS: a literal may end with the letter of its Java type. */
function numberOf({ text }: Token): number {
  return Number(text.replace(/[lLdDfF]$/, ''));
}
