import { StompException } from '../../exception/index.js';
import { MessageConversionException } from '../../message/index.js';
import type { MethodParameter } from '../argument/method-parameter.js';

interface ArgumentFailure {
  readonly parameter: MethodParameter;
  readonly destination: string | undefined;
  readonly cause?: unknown;
}

const whose = ({ parameter: { index, name, handler }, destination }: ArgumentFailure): string =>
  `parameter ${index}${name ? ` (${name})` : ''} of ${handler.toString()}, destination ${shown(destination)}`;

const shown = (text: string | undefined): string =>
  text === undefined ? 'none' : JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);

/**
 * An argument of a handler cannot be made from the message; the text names parameter, method and destination.
 *
 * @publicApi
 */
export abstract class MethodArgumentException extends StompException {
  /** Its position, from 0. */
  readonly parameterIndex: number;
  readonly parameterName: string | undefined;
  /** `TradeController.buy` */
  readonly method: string;
  readonly destination: string | undefined;

  constructor(
    code: string,
    /** What is wrong, without names of the application's code: fit for clients. */
    readonly reason: string,
    failure: ArgumentFailure,
  ) {
    super(`${reason}, ${whose(failure)}`, { code, cause: failure.cause });
    const { parameter, destination } = failure;
    const { index, name, handler } = parameter;
    this.parameterIndex = index;
    this.parameterName = name;
    this.method = handler.toString();
    this.destination = destination;
  }
}

/**
 * A required header, variable, attribute or user is missing.
 *
 * @publicApi
 */
export class MissingArgumentException extends MethodArgumentException {
  constructor(what: string, failure: ArgumentFailure) {
    super('STOMP_ERR_MISSING_ARGUMENT', `Missing ${what}`, failure);
  }
}

/**
 * A header, variable or default does not convert to the type of its parameter.
 *
 * @publicApi
 */
export class MethodArgumentConversionException extends MethodArgumentException {
  constructor(what: string, reason: string, failure: ArgumentFailure) {
    super('STOMP_ERR_ARGUMENT_CONVERSION', `Cannot convert ${what}: ${reason}`, failure);
  }
}

/**
 * One thing that is wrong with an argument.
 *
 * @publicApi
 */
export interface FieldError {
  /** Path of the field, `address.street`, `items.0.id`; empty for the argument as a whole. */
  readonly field: string;
  readonly message: string;
}

/**
 * An argument failed validation: a required payload is empty, or a ValidationPipe, StandardSchemaValidationPipe or
 * `schema` refused it. `cause` is the exception of that pipe.
 *
 * @publicApi
 */
export class MethodArgumentNotValidException extends MethodArgumentException {
  constructor(
    readonly errors: readonly FieldError[],
    failure: ArgumentFailure,
  ) {
    const texts = errors.slice(0, 10).map(({ message }) => message);
    super('STOMP_ERR_ARGUMENT_NOT_VALID', `Not valid: ${texts.join('; ')}`, failure);
  }

  /** Names of the wrong fields, sorted; empty when it is the argument as a whole. */
  get fields(): string[] {
    const names = this.errors.map(({ field }) => field).filter((field) => field !== '');
    return [...new Set(names)].sort();
  }
}

/**
 * The payload does not convert to the type of its parameter; `cause` is the converter's exception.
 *
 * @publicApi
 */
export class PayloadConversionException extends MessageConversionException {
  constructor(cause: MessageConversionException, failure: ArgumentFailure) {
    super(`${cause.message}, ${whose(failure)}`, cause, cause.reason);
  }
}
