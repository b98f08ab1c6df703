import { isThenable } from '../../exception/index.js';
import { ValidationPipe, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { failureOf } from '../argument/value-source.js';
import type { ParameterInfo } from '../argument/method-parameter.js';
import type { StandardResult, StandardSchema } from '../decorators/parameter-metadata.js';
import {
  MethodArgumentConversionException,
  MethodArgumentNotValidException,
} from '../failure/method-argument.exception.js';
import type { Invocation } from '../invocation.js';
import { andThen } from '../thenable.js';
import { issueError, pipeFailureOf, watched } from './pipe-failures.js';

// `schema` is there from Nest 12 on.
type NestMetadata = Omit<ArgumentMetadata, 'schema'> & { readonly schema?: unknown };

const TYPES: Partial<Record<ParameterInfo['kind'], ArgumentMetadata['type']>> = {
  payload: 'body',
  variable: 'param',
};

/** The pipes of one parameter, and its schema. */
export class ParameterPipes {
  private readonly metadata: NestMetadata;
  private readonly schema: StandardSchema | undefined;
  private readonly pipes: readonly PipeTransform[];

  constructor(
    private readonly parameter: ParameterInfo,
    pipes: readonly PipeTransform[],
  ) {
    const { kind, type, data, options } = parameter;
    const metatype = typeof options.type === 'function' ? options.type : type;
    this.metadata = {
      type: TYPES[kind] ?? 'custom',
      metatype: metatype as ArgumentMetadata['metatype'],
      data: data as string | undefined,
      schema: options.schema,
    };
    const validates = pipes.some(isStandardSchemaPipe);
    // Nest validates schemas in a pipe that has to be bound, and that only 12 has.
    this.schema = validates ? undefined : options.schema;
    this.pipes = pipes.map(watched);
  }

  get isEmpty(): boolean {
    return this.pipes.length === 0 && this.schema === undefined;
  }

  /** The value after all pipes, or a promise of it; failures name the parameter. */
  apply(value: unknown, invocation: Invocation): unknown {
    try {
      const piped = this.from(0, value);
      const result = this.schema ? andThen(piped, (one) => this.validate(one, invocation)) : piped;
      return isThenable(result)
        ? result.then(undefined, (error: unknown) => this.rethrow(error, invocation))
        : result;
    } catch (error) {
      return this.rethrow(error, invocation);
    }
  }

  private from(index: number, value: unknown): unknown {
    for (let i = index; i < this.pipes.length; i++) {
      if (this.isRightlyAbsent(value) && isValidation(this.pipes[i]!)) continue;
      const result: unknown = this.pipes[i]!.transform(value, this.metadata as ArgumentMetadata);
      if (isThenable(result)) return result.then((one) => this.from(i + 1, one));
      value = result;
    }
    return value;
  }

  private validate(value: unknown, invocation: Invocation): unknown {
    if (this.isRightlyAbsent(value)) return value;
    return andThen(this.schema!['~standard'].validate(value), (result: StandardResult) => {
      if (!result.issues) return result.value;
      const errors = result.issues.map(issueError);
      throw new MethodArgumentNotValidException(errors, failureOf(this.parameter, invocation));
    });
  }

  /** What may be missing, and is, has nothing to be validated. */
  private isRightlyAbsent(value: unknown): boolean {
    return value === undefined && this.parameter.options.required === false;
  }

  private rethrow(error: unknown, invocation: Invocation): never {
    const failure = pipeFailureOf(error);
    if (failure === undefined) throw error;
    const where = failureOf(this.parameter, invocation, error);
    if (typeof failure !== 'string') throw new MethodArgumentNotValidException(failure, where);
    throw new MethodArgumentConversionException(describe(this.parameter), failure, where);
  }
}

// Only Nest 12 has it.
function isStandardSchemaPipe({ constructor }: PipeTransform): boolean {
  return constructor.name.startsWith('StandardSchema');
}

function isValidation(pipe: PipeTransform): boolean {
  return pipe instanceof ValidationPipe || isStandardSchemaPipe(pipe);
}

function describe({ kind, data, name }: ParameterInfo): string {
  const named = typeof data === 'string' ? data : name;
  return kind === 'payload' || named === undefined ? kind : `${kind} '${named}'`;
}
