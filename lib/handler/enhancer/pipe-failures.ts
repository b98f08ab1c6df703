import type { PipeTransform } from '@nestjs/common';
import type { FieldError } from '../failure/method-argument.exception.js';

/** What a pipe was told before it made its exception: field errors, or the text of a parse pipe. */
export type PipeFailure = readonly FieldError[] | string;

interface FactoryPipe {
  exceptionFactory?: (details: unknown) => unknown;
  isDetailedOutputDisabled?: boolean;
}

const watched = new WeakSet<object>();
const failures = new WeakMap<object, PipeFailure>();

/**
 * Remembers, for every exception that a pipe of Nest makes from now on, what was wrong. The exceptions are the same, for
 * everybody who uses that pipe.
 */
export function watchFailures(pipe: PipeTransform): void {
  const target = pipe as PipeTransform & FactoryPipe;
  const { exceptionFactory } = target;
  if (typeof exceptionFactory !== 'function' || watched.has(pipe)) return;
  watched.add(pipe);
  target.exceptionFactory = function remembering(this: unknown, details: unknown) {
    const exception = exceptionFactory.call(target, details);
    const failure = failureFrom(details, target.isDetailedOutputDisabled === true);
    if (failure !== undefined && typeof exception === 'object' && exception !== null)
      failures.set(exception, failure);
    return exception;
  };
}

/** What a watched pipe's exception is about. */
export function pipeFailureOf(exception: unknown): PipeFailure | undefined {
  return typeof exception === 'object' && exception !== null ? failures.get(exception) : undefined;
}

function failureFrom(details: unknown, hidden: boolean): PipeFailure | undefined {
  if (typeof details === 'string') return details;
  if (!Array.isArray(details)) return undefined;
  const errors = details.flatMap((one) => fieldErrors(one as object));
  return hidden ? errors.map(({ field }) => ({ field, message: 'is not valid' })) : errors;
}

interface ClassValidatorError {
  readonly property?: string;
  readonly constraints?: Record<string, string>;
  readonly children?: readonly ClassValidatorError[];
}

function fieldErrors(error: object): FieldError[] {
  return 'message' in error ? [issueError(error as never)] : validatorErrors(error, '');
}

function validatorErrors(error: ClassValidatorError, parent: string): FieldError[] {
  const field = [parent, error.property].filter(Boolean).join('.');
  const own = Object.values(error.constraints ?? {}).map((message) => ({ field, message }));
  const nested = (error.children ?? []).flatMap((child) => validatorErrors(child, field));
  return [...own, ...nested];
}

/** An issue of the Standard Schema specification. */
export function issueError(issue: {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
}): FieldError {
  const keys = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  return { field: keys.map(String).join('.'), message: issue.message };
}
