import {
  MethodArgumentConversionException,
  MissingArgumentException,
} from '../failure/method-argument.exception.js';
import type { HandlerContext } from '../handler-context.js';
import type { Invocation } from '../invocation.js';
import type { ParameterInfo } from './method-parameter.js';
import { ConversionFailure, convertValue, isConvertible } from './type-conversion.js';

/** Gives an argument's value, or a promise of it, before pipes. The context is there for custom decorators only. */
export type ArgumentSource = (invocation: Invocation, context?: HandlerContext) => unknown;

/** The type that a value is converted to. */
export function payloadType({ options, type }: ParameterInfo): unknown {
  return options.type ?? type;
}

/** A value that is converted, with a default and a check for presence. */
export function valueSource(
  parameter: ParameterInfo,
  what: string,
  read: (invocation: Invocation) => unknown,
): ArgumentSource {
  const { defaultValue } = parameter.options;
  const required = isRequired(parameter);
  const converts = isToBeConverted(parameter);
  const mayBeEmpty = defaultValue === undefined && (required || !converts || isText(parameter));
  return (invocation) => {
    const found = read(invocation);
    // Spring: an empty text is absent where there is a default, and where it is no value of the type and may be absent.
    const value = found === undefined || (found === '' && !mayBeEmpty) ? defaultValue : found;
    if (value === undefined) {
      if (!required) return undefined;
      throw new MissingArgumentException(what, failureOf(parameter, invocation));
    }
    return converts && value !== null ? converted(parameter, what, value, invocation) : value;
  };
}

/** Pipes of the parameter itself are there to convert, and make what they like of the objects inside of a payload. */
function isToBeConverted(parameter: ParameterInfo): boolean {
  const { kind, options, pipes } = parameter;
  if (pipes.length > 0 && options.type === undefined) return false;
  return kind !== 'payload' || isConvertible(payloadType(parameter));
}

function isText(parameter: ParameterInfo): boolean {
  const type = payloadType(parameter);
  return type === undefined || type === String || type === Object;
}

/** A value that is passed as it is. */
export function presentSource(
  parameter: ParameterInfo,
  what: string,
  read: (invocation: Invocation) => unknown,
): ArgumentSource {
  const required = isRequired(parameter);
  return (invocation) => {
    const value = read(invocation) ?? parameter.options.defaultValue;
    if (value === undefined && required)
      throw new MissingArgumentException(what, failureOf(parameter, invocation));
    return value;
  };
}

/** @throws MethodArgumentConversionException */
export function converted(
  parameter: ParameterInfo,
  what: string,
  value: unknown,
  invocation: Invocation,
): unknown {
  try {
    return convertValue(value, payloadType(parameter));
  } catch (error) {
    if (!(error instanceof ConversionFailure)) throw error;
    throw new MethodArgumentConversionException(
      what,
      error.message,
      failureOf(parameter, invocation),
    );
  }
}

export function failureOf(
  parameter: ParameterInfo,
  { message }: Invocation,
  cause?: unknown,
): { parameter: ParameterInfo; destination: string | undefined; cause?: unknown } {
  return { parameter, destination: message.headers.destination, cause };
}

function isRequired({ options, pipes }: ParameterInfo): boolean {
  return options.required ?? (options.defaultValue === undefined && pipes.length === 0);
}
