import { MESSAGE_EXCEPTION_HANDLER } from '../decorators/handler-metadata.js';
import type { HandlerMethod } from '../handler-method.js';
import { PARAMTYPES_METADATA } from '../nest-internals.js';
import type { ParameterInfo } from './method-parameter.js';

/** What the compiler said of the types of a handler's parameters; undefined when it said nothing. */
export function parameterTypes({ type, name }: HandlerMethod): readonly unknown[] | undefined {
  return Reflect.getMetadata(PARAMTYPES_METADATA, type.prototype as object, name) as
    unknown[] | undefined;
}

/** Whether a parameter is something else without its type: nothing that the handler says stands for it. */
export function needsType({ kind, options, pipes, handler }: ParameterInfo): boolean {
  switch (kind) {
    case 'payload':
    case 'header':
    case 'variable':
      return options.type === undefined && options.schema === undefined && pipes.length === 0;
    case 'exception':
      return !namesExceptions(handler);
    default:
      return false;
  }
}

function namesExceptions({ method }: HandlerMethod): boolean {
  const named = Reflect.getMetadata(MESSAGE_EXCEPTION_HANDLER, method) as readonly unknown[];
  return named.length > 0;
}
