import { DefaultValuePipe } from '@nestjs/common';
import {
  Message,
  MessageConversionException,
  type CompositeMessageConverter,
} from '../../message/index.js';
import type { PipeLike } from '../decorators/parameter-metadata.js';
import {
  MethodArgumentNotValidException,
  PayloadConversionException,
} from '../failure/method-argument.exception.js';
import type { Invocation } from '../invocation.js';
import type { ParameterInfo } from './method-parameter.js';
import { isConvertible } from './type-conversion.js';
import {
  converted,
  failureOf,
  payloadType,
  valueSource,
  type ArgumentSource,
} from './value-source.js';

/** The payload, or one property of it. */
export function payloadSource(
  parameter: ParameterInfo,
  converter: CompositeMessageConverter,
): ArgumentSource {
  if (parameter.data !== undefined) return propertySource(parameter, converter);
  const { options, pipes } = parameter;
  const wanted = payloadType(parameter);
  const type = wanted === 'int' ? Number : wanted;
  const hasDefault = options.defaultValue !== undefined || pipes.some(givesDefault);
  const required = options.required ?? !hasDefault;
  return (invocation) => {
    const message = invocation.message as Message<Buffer>;
    if (message.payload.length === 0) {
      if (!required) return defaultOf(parameter, invocation);
      const errors = [{ field: '', message: 'Payload value must not be empty' }];
      throw new MethodArgumentNotValidException(errors, failureOf(parameter, invocation));
    }
    const value = convertPayload(parameter, converter, type, invocation);
    return wanted === 'int' ? converted(parameter, 'payload', value, invocation) : value;
  };
}

function givesDefault(pipe: PipeLike): boolean {
  return pipe === DefaultValuePipe || pipe instanceof DefaultValuePipe;
}

/** A default that is a text becomes what the parameter is. */
function defaultOf(parameter: ParameterInfo, invocation: Invocation): unknown {
  const { defaultValue } = parameter.options;
  return typeof defaultValue === 'string' && isConvertible(payloadType(parameter))
    ? converted(parameter, 'default value', defaultValue, invocation)
    : defaultValue;
}

/** One property of a JSON object. */
function propertySource(
  parameter: ParameterInfo,
  converter: CompositeMessageConverter,
): ArgumentSource {
  const property = parameter.data as string;
  return valueSource(parameter, `property '${property}' of the payload`, (invocation) => {
    const { payload } = invocation.message as Message<Buffer>;
    if (payload.length === 0) return undefined;
    const value = convertPayload(parameter, converter, Object, invocation);
    const isObject = typeof value === 'object' && value !== null;
    const found = isObject && Object.hasOwn(value, property) ? Reflect.get(value, property) : null;
    return (found as unknown) ?? undefined;
  });
}

/** The message, its payload converted when the decorator names a type. */
export function messageSource(
  parameter: ParameterInfo,
  converter: CompositeMessageConverter,
): ArgumentSource {
  const { type } = parameter.options;
  if (type === undefined) return ({ message }) => message;
  return (invocation) =>
    new Message(convertPayload(parameter, converter, type, invocation), invocation.message.headers);
}

function convertPayload(
  parameter: ParameterInfo,
  converter: CompositeMessageConverter,
  type: unknown,
  invocation: Invocation,
): unknown {
  try {
    return converter.convertFrom(invocation.message as Message<Buffer>, type);
  } catch (error) {
    if (!(error instanceof MessageConversionException)) throw error;
    throw new PayloadConversionException(error, failureOf(parameter, invocation));
  }
}
