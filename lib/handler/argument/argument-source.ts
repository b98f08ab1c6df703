import { DefaultValuePipe } from '@nestjs/common';
import {
  Message,
  MessageConversionException,
  type CompositeMessageConverter,
} from '../../message/index.js';
import {
  MethodArgumentConversionException,
  MethodArgumentNotValidException,
  MissingArgumentException,
  PayloadConversionException,
} from '../failure/method-argument.exception.js';
import { InvalidHandlerException } from '../failure/handler.exception.js';
import { findCause } from '../failure/causes.js';
import type { PipeLike } from '../decorators/parameter-metadata.js';
import type { HandlerContext } from '../handler-context.js';
import type { Invocation } from '../invocation.js';
import type { HandlerMethodArgumentResolver, ParameterInfo } from './method-parameter.js';
import { ConversionFailure, convertValue, isConvertible } from './type-conversion.js';

/** Gives an argument's value, or a promise of it, before pipes. The context is there for custom decorators only. */
export type ArgumentSource = (invocation: Invocation, context?: HandlerContext) => unknown;

/** Makes the source of a parameter's value, once for each parameter. @throws InvalidHandlerException */
export function argumentSource(
  parameter: ParameterInfo,
  converter: CompositeMessageConverter,
): ArgumentSource {
  switch (parameter.kind) {
    case 'payload':
      return payloadSource(parameter, converter);
    case 'header':
      return headerSource(parameter);
    case 'variable': {
      const name = requiredName(parameter);
      return valueSource(parameter, `destination variable '${name}'`, ({ route: { variables } }) =>
        Object.hasOwn(variables, name) ? variables[name] : undefined,
      );
    }
    case 'sessionAttribute': {
      const name = requiredName(parameter);
      return presentSource(parameter, `session attribute '${name}'`, ({ message }) =>
        message.headers.sessionAttributes?.get(name),
      );
    }
    case 'principal':
      return presentSource(parameter, 'user', ({ message }) => message.headers.user);
    case 'headers':
      return ({ message }) => message.headers.toObject();
    case 'messageHeaders':
      return ({ message }) => message.headers;
    case 'accessor': {
      const Accessor = parameter.type as new (headers: Message['headers']) => unknown;
      return ({ message }) => new Accessor(message.headers);
    }
    case 'message':
      return messageSource(parameter, converter);
    case 'session':
      return ({ message }) => message.headers.session;
    case 'exception':
      return exceptionSource(parameter);
    case 'handlerMethod':
      return ({ failure, handler }) => failure?.handler ?? handler;
    case 'custom':
      return (_, context) => parameter.factory?.(parameter.data, context);
    case 'resolver': {
      const resolver = parameter.data as HandlerMethodArgumentResolver;
      return ({ message }) => resolver.resolveArgument(parameter, message);
    }
  }
}

/** The type that a payload is converted to. */
export function payloadType({ options, type }: ParameterInfo): unknown {
  return options.type ?? type;
}

function payloadSource(
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

function messageSource(
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

const NATIVE = 'nativeHeaders.';

function headerSource(parameter: ParameterInfo): ArgumentSource {
  const name = requiredName(parameter);
  const nativeOnly = name.startsWith(NATIVE);
  const native = nativeOnly ? name.slice(NATIVE.length) : name;
  return valueSource(parameter, `header '${name}'`, ({ message: { headers } }) => {
    const own = nativeOnly ? undefined : headers.get(name);
    if (own !== undefined) return own;
    const values = headers.native.getAll(native);
    return values.length > 1 ? values : values[0];
  });
}

/** A value that is converted, with a default and a check for presence. */
function valueSource(
  parameter: ParameterInfo,
  what: string,
  read: (invocation: Invocation) => unknown,
): ArgumentSource {
  const { options, pipes } = parameter;
  const required = isRequired(parameter);
  const type = payloadType(parameter);
  const isText = type === undefined || type === String || type === Object;
  // Pipes of the parameter itself are there to convert, so they get the value as it came. The objects inside of a payload
  // are what pipes make of them.
  const converts =
    (pipes.length === 0 || options.type !== undefined) &&
    (parameter.kind !== 'payload' || isConvertible(type));
  return (invocation) => {
    let value = read(invocation);
    if ((value === undefined || value === '') && options.defaultValue !== undefined)
      value = options.defaultValue;
    // Spring: an empty text is no number, so it is absent where absence is allowed.
    if (value === '' && converts && !isText && !required) value = undefined;
    if (value === null) return value;
    if (value === undefined) {
      if (!required) return undefined;
      throw new MissingArgumentException(what, failureOf(parameter, invocation));
    }
    return converts ? converted(parameter, what, value, invocation) : value;
  };
}

/** A value that is passed as it is. */
function presentSource(
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

function exceptionSource({ type }: ParameterInfo): ArgumentSource {
  if (typeof type !== 'function' || type === Object) return ({ failure }) => failure?.exception;
  return ({ failure }) => findCause(failure?.exception, (one) => one instanceof type);
}

function converted(
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

function requiredName(parameter: ParameterInfo): string {
  const name = (parameter.data as string | undefined) ?? parameter.name;
  if (name !== undefined) return name;
  throw new InvalidHandlerException(
    parameter.handler,
    `the decorator of parameter ${parameter.index} needs a name`,
  );
}
