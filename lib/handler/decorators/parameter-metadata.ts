import type { PipeTransform, Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '../nest-internals.js';
import type { ParameterType } from './parameter-type.js';

/**
 * A pipe, or the class of one that Nest resolves.
 *
 * @publicApi
 */
export type PipeLike = PipeTransform | Type<PipeTransform>;

/**
 * A schema of the Standard Schema specification: zod, valibot, arktype, …
 *
 * @publicApi
 */
export interface StandardSchema {
  readonly '~standard': {
    readonly validate: (value: unknown) => StandardResult | Promise<StandardResult>;
  };
}

/**
 * What a Standard Schema answers.
 *
 * @publicApi
 */
export interface StandardResult {
  readonly value?: unknown;
  readonly issues?: readonly StandardIssue[] | undefined;
}

/** @internal */
export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/**
 * What every argument decorator takes.
 *
 * @publicApi
 */
export interface ArgumentOptions {
  /** Whether a missing value is an error. @default true; false with a default and with pipes, of the whole payload with DefaultValuePipe only */
  readonly required?: boolean;
  /** Used when the value is missing or empty; converted like a value. */
  readonly defaultValue?: unknown;
  /** Converted to this instead of the declared type: a class, or `'int'` for whole numbers of 32 bits. */
  readonly type?: unknown;
  /** Instances, or classes that Nest resolves; the same as pipes given behind the options. @default [] */
  readonly pipes?: readonly PipeLike[];
  /** Validates the value, which becomes the schema's output. */
  readonly schema?: StandardSchema;
}

/** @internal One entry of the framework's parameter metadata; `stomp` tells ours from Nest's of the same number. */
export interface ParameterEntry {
  readonly index: number;
  readonly data?: unknown;
  readonly pipes?: readonly PipeLike[];
  readonly schema?: StandardSchema;
  readonly factory?: (data: unknown, context: unknown) => unknown;
  readonly stomp?: ArgumentOptions;
}

type DecoratorArgument = string | ArgumentOptions | PipeLike | undefined | null;

/** Makes a parameter decorator that takes a name, options and pipes, each optional, in this order. */
export function parameterDecorator(
  type: ParameterType,
  given: readonly DecoratorArgument[],
): ParameterDecorator {
  const args = given.filter((one) => one !== undefined && one !== null);
  const name = args.find((one) => typeof one === 'string');
  const options = args.filter(isOptions);
  const merged: ArgumentOptions = Object.assign({}, ...options);
  const pipes = [...(merged.pipes ?? []), ...args.filter(isPipe)];
  return (target, key, index) => {
    const host = target.constructor;
    const entries = Reflect.getOwnMetadata(ROUTE_ARGS_METADATA, host, key!) as object | undefined;
    const entry: ParameterEntry = {
      index,
      data: name,
      pipes,
      schema: merged.schema,
      stomp: merged,
    };
    Reflect.defineMetadata(
      ROUTE_ARGS_METADATA,
      { ...entries, [`${type}:${index}`]: entry },
      host,
      key!,
    );
  };
}

function isPipe(value: DecoratorArgument): value is PipeLike {
  if (typeof value === 'function') return typeof value.prototype?.transform === 'function';
  return typeof value === 'object' && value !== null && 'transform' in value;
}

function isOptions(value: DecoratorArgument): value is ArgumentOptions {
  return typeof value === 'object' && value !== null && !isPipe(value);
}
