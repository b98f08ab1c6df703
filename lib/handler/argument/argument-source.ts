import type { CompositeMessageConverter, Message } from '../../message/index.js';
import { findCause } from '../failure/causes.js';
import { InvalidHandlerException } from '../failure/handler.exception.js';
import type { HandlerMethodArgumentResolver, ParameterInfo } from './method-parameter.js';
import { messageSource, payloadSource } from './payload-source.js';
import { presentSource, valueSource, type ArgumentSource } from './value-source.js';

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
      return valueSource(parameter, `destination variable '${name}'`, ({ route }) => {
        // What every object inherits is no text.
        const value: unknown = route.variables[name];
        return typeof value === 'string' ? value : undefined;
      });
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

function exceptionSource({ type }: ParameterInfo): ArgumentSource {
  if (typeof type !== 'function' || type === Object) return ({ failure }) => failure?.exception;
  return ({ failure }) => findCause(failure?.exception, (one) => one instanceof type);
}

function requiredName(parameter: ParameterInfo): string {
  const name = (parameter.data as string | undefined) ?? parameter.name;
  if (name !== undefined) return name;
  throw new InvalidHandlerException(
    parameter.handler,
    `the decorator of parameter ${parameter.index} needs a name`,
  );
}
