import * as nest from '@nestjs/common';
import type { PipeTransform } from '@nestjs/common';
import { isThenable } from '../../exception/index.js';
import type { FieldError } from '../failure/method-argument.exception.js';

/** What a pipe was told before it made its exception: field errors, or the text of a parse pipe. */
export type PipeFailure = readonly FieldError[] | string;

type ExceptionFactory = (...told: unknown[]) => unknown;

interface FactoryPipe {
  exceptionFactory?: ExceptionFactory;
  isDetailedOutputDisabled?: boolean;
  /** What a ParseArrayPipe has for its items. */
  validationPipe?: PipeTransform;
}

const NEST: Partial<Record<string, unknown>> = nest;
const watchers = new WeakSet<ExceptionFactory>();
const failures = new WeakMap<object, PipeFailure>();

/**
 * The pipe, or one that does the same, whose exceptions are remembered with what was wrong. They are the exceptions that
 * the pipe makes for everybody else who uses it.
 */
export function watched(pipe: PipeTransform): PipeTransform {
  const { exceptionFactory, validationPipe } = pipe as FactoryPipe;
  if (typeof exceptionFactory !== 'function' || watchers.has(exceptionFactory)) return pipe;
  const remembering: ExceptionFactory = (...told) => {
    const exception = exceptionFactory.apply(pipe, told);
    const failure = failureFrom(told[0], (pipe as FactoryPipe).isDetailedOutputDisabled === true);
    if (failure !== undefined) remember(exception, failure);
    return exception;
  };
  watchers.add(remembering);
  // Other classes may have private fields, which an object behind them does not have.
  const target: PipeTransform = isOfNest(pipe) ? (Object.create(pipe) as PipeTransform) : pipe;
  set(target, 'exceptionFactory', remembering);
  if (validationPipe) set(target, 'validationPipe', watched(validationPipe));
  return target;
}

function isOfNest({ constructor }: PipeTransform): boolean {
  return NEST[constructor.name] === constructor;
}

/** One that is frozen stays as it is, and its exceptions are only its own. */
function set(pipe: PipeTransform, name: keyof FactoryPipe, value: unknown): void {
  Reflect.defineProperty(pipe, name, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

/** @param exception or a promise of it, as ValidationPipe takes it from Nest 12 on */
function remember(exception: unknown, failure: PipeFailure): void {
  if (isThenable(exception))
    exception.then(
      (one) => remember(one, failure),
      () => {},
    );
  else if (typeof exception === 'object' && exception !== null) failures.set(exception, failure);
}

/** What a watched pipe's exception is about. */
export function pipeFailureOf(exception: unknown): PipeFailure | undefined {
  return typeof exception === 'object' && exception !== null ? failures.get(exception) : undefined;
}

function failureFrom(told: unknown, hidden: boolean): PipeFailure | undefined {
  if (typeof told === 'string') return told;
  if (!Array.isArray(told)) return undefined;
  try {
    const errors = told.flatMap(fieldErrors);
    return hidden ? errors.map(({ field }) => ({ field, message: 'is not valid' })) : errors;
  } catch {
    // An application's pipe may tell its factory anything.
    return undefined;
  }
}

interface ClassValidatorError {
  readonly property?: string;
  readonly constraints?: Record<string, string>;
  readonly children?: readonly ClassValidatorError[];
}

function fieldErrors(error: unknown): FieldError[] {
  if (typeof error !== 'object' || error === null) return [{ field: '', message: String(error) }];
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
