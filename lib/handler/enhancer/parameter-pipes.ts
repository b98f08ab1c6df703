import { isThenable } from '../../channel/index.js';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { failureOf } from '../argument/argument-source.js';
import type { ParameterInfo } from '../argument/method-parameter.js';
import type { StandardResult, StandardSchema } from '../decorators/parameter-metadata.js';
import {
  MethodArgumentConversionException,
  MethodArgumentNotValidException,
} from '../failure/method-argument.exception.js';
import type { Invocation } from '../invocation.js';
import { andThen } from '../thenable.js';
import { issueError, pipeFailureOf, watchFailures } from './pipe-failures.js';

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

  constructor(
    private readonly parameter: ParameterInfo,
    private readonly pipes: readonly PipeTransform[],
  ) {
    const { kind, type, data, options } = parameter;
    this.metadata = {
      type: TYPES[kind] ?? 'custom',
      metatype: type as ArgumentMetadata['metatype'],
      data: data as string | undefined,
      schema: options.schema,
    };
    const validates = pipes.some(({ constructor }) =>
      constructor.name.startsWith('StandardSchema'),
    );
    // Nest validates schemas in a pipe that has to be bound, and that only 12 has.
    this.schema = validates ? undefined : options.schema;
    for (const pipe of pipes) watchFailures(pipe);
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
      const result: unknown = this.pipes[i]!.transform(value, this.metadata as ArgumentMetadata);
      if (isThenable(result)) return result.then((one) => this.from(i + 1, one));
      value = result;
    }
    return value;
  }

  private validate(value: unknown, invocation: Invocation): unknown {
    return andThen(this.schema!['~standard'].validate(value), (result: StandardResult) => {
      if (!result.issues) return result.value;
      const errors = result.issues.map(issueError);
      throw new MethodArgumentNotValidException(errors, failureOf(this.parameter, invocation));
    });
  }

  private rethrow(error: unknown, invocation: Invocation): never {
    const failure = pipeFailureOf(error);
    if (failure === undefined) throw error;
    const where = failureOf(this.parameter, invocation, error);
    if (typeof failure !== 'string') throw new MethodArgumentNotValidException(failure, where);
    throw new MethodArgumentConversionException(describe(this.parameter), failure, where);
  }
}

function describe({ kind, data, name }: ParameterInfo): string {
  const named = typeof data === 'string' ? data : name;
  return kind === 'payload' || named === undefined ? kind : `${kind} '${named}'`;
}
