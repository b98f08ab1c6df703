import type { LikePattern } from './like-pattern.js';

/** What a selector can compute with; null is SQL's NULL, and as a condition its "unknown". */
export type SelectorValue = string | number | boolean | null;

/**
 * Comparisons of SQL (`=`, `<>`), which are unknown when a side is NULL, and of Spring's expression language (`==`,
 * `!=`), which are not: there a missing header equals `null` and differs from everything else.
 */
export type Comparison = '=' | '<>' | '==' | '!=' | '<' | '<=' | '>' | '>=';
export type Arithmetic = '+' | '-' | '*' | '/' | '%';

/** A parsed selector. Chains of one operator are one node, so that depth is nesting and nothing else. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: SelectorValue }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'native'; readonly name: string; readonly index: number }
  | { readonly kind: 'not' | 'negate'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  | {
      readonly kind: 'arithmetic';
      readonly first: Expression;
      readonly rest: readonly (readonly [Arithmetic, Expression])[];
    }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'between';
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
    }
  | {
      readonly kind: 'in';
      readonly operand: Expression;
      readonly values: readonly SelectorValue[];
    }
  | { readonly kind: 'like'; readonly operand: Expression; readonly pattern: LikePattern }
  | { readonly kind: 'null'; readonly operand: Expression };
