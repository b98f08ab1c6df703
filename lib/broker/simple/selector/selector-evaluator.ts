import type { Arithmetic, Comparison, Expression, SelectorValue } from './expression.js';

/** Where a selector finds headers; null for one that is not there. */
export interface SelectorHeaders {
  header(name: string): SelectorValue;
  native(name: string, index: number): SelectorValue;
}

const NUMERIC = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The value of an expression. JMS: operations on NULL give NULL, NULL conditions are unknown. */
export function evaluate(expression: Expression, headers: SelectorHeaders): SelectorValue {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'header':
      return headers.header(expression.name);
    case 'native':
      return headers.native(expression.name, expression.index);
    case 'not':
      return not(truth(evaluate(expression.operand, headers)));
    case 'and':
      return decide(expression.operands, headers, false);
    case 'or':
      return decide(expression.operands, headers, true);
    case 'negate':
      return calculate('-', 0, evaluate(expression.operand, headers));
    case 'arithmetic':
      return expression.rest.reduce(
        (left, [operator, right]) => calculate(operator, left, evaluate(right, headers)),
        evaluate(expression.first, headers),
      );
    case 'compare':
      return compare(
        expression.operator,
        evaluate(expression.left, headers),
        evaluate(expression.right, headers),
      );
    case 'between':
      return between(expression, headers);
    case 'in':
      return isIn(evaluate(expression.operand, headers), expression.values);
    case 'like': {
      const value = evaluate(expression.operand, headers);
      return value === null ? null : expression.pattern.matches(String(value));
    }
    case 'null':
      return evaluate(expression.operand, headers) === null;
  }
}

/** A header that says true or false counts as that; anything else is unknown. */
function truth(value: SelectorValue): boolean | null {
  if (typeof value === 'boolean') return value;
  if (value === 'true') return true;
  return value === 'false' ? false : null;
}

function not(value: boolean | null): boolean | null {
  return value === null ? null : !value;
}

/** AND is decided by the first false, OR by the first true. */
function decide(
  operands: readonly Expression[],
  headers: SelectorHeaders,
  decisive: boolean,
): boolean | null {
  let result: boolean | null = !decisive;
  for (const operand of operands) {
    const value = truth(evaluate(operand, headers));
    if (value === decisive) return value;
    if (value === null) result = null;
  }
  return result;
}

function between(
  { operand, low, high }: Extract<Expression, { kind: 'between' }>,
  headers: SelectorHeaders,
): boolean | null {
  const value = evaluate(operand, headers);
  const above = compare('>=', value, evaluate(low, headers));
  const below = compare('<=', value, evaluate(high, headers));
  if (above === false || below === false) return false;
  return above === null || below === null ? null : true;
}

function isIn(value: SelectorValue, values: readonly SelectorValue[]): boolean | null {
  return value === null ? null : values.some((one) => isEqual(value, one));
}

function compare(operator: Comparison, left: SelectorValue, right: SelectorValue): boolean | null {
  if (operator === '==') return isSame(left, right);
  if (operator === '!=') return !isSame(left, right);
  if (left === null || right === null) return null;
  if (operator === '=') return isEqual(left, right);
  if (operator === '<>') return !isEqual(left, right);
  return order(operator, left, right);
}

function isSame(left: SelectorValue, right: SelectorValue): boolean {
  return left === null || right === null ? left === right : isEqual(left, right);
}

/** Headers are texts: one that looks like a number equals that number, `true` equals TRUE. */
function isEqual(left: SelectorValue, right: SelectorValue): boolean {
  if (typeof left === typeof right) return left === right;
  if (typeof left === 'boolean' || typeof right === 'boolean') return truth(left) === truth(right);
  return toNumber(left) === toNumber(right);
}

function order(
  operator: Exclude<Comparison, '=' | '<>' | '==' | '!='>,
  left: SelectorValue,
  right: SelectorValue,
): boolean | null {
  const [a, b] = [toNumber(left), toNumber(right)];
  if (a !== null && b !== null) return isOrdered(operator, a, b);
  if (typeof left === 'string' && typeof right === 'string')
    return isOrdered(operator, left, right);
  return null;
}

function isOrdered<T extends string | number>(operator: string, left: T, right: T): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}

function calculate(operator: Arithmetic, left: SelectorValue, right: SelectorValue): number | null {
  const [a, b] = [toNumber(left), toNumber(right)];
  if (a === null || b === null) return null;
  const result = arithmetic(operator, a, b);
  return Number.isFinite(result) ? result : null;
}

function arithmetic(operator: Arithmetic, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
  }
}

function toNumber(value: SelectorValue): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMERIC.test(value) ? Number(value) : null;
}
