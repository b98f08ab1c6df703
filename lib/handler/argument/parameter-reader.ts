import { type ArgumentOptions, type ParameterEntry } from '../decorators/parameter-metadata.js';
import { ParameterType } from '../decorators/parameter-type.js';
import { InvalidHandlerException } from '../failure/handler.exception.js';
import { HandlerMethod } from '../handler-method.js';
import { CUSTOM_ROUTE_ARGS_METADATA, ROUTE_ARGS_METADATA } from '../nest-internals.js';
import { Message, MessageHeaders, SimpMessageHeaderAccessor } from '../../message/index.js';
import type {
  HandlerMethodArgumentResolver,
  ParameterInfo,
  ParameterKind,
} from './method-parameter.js';
import { parameterNames } from './parameter-names.js';
import { parameterTypes } from './parameter-types.js';

const KINDS: Record<number, ParameterKind> = {
  [ParameterType.SESSION]: 'session',
  [ParameterType.PAYLOAD]: 'payload',
  [ParameterType.DESTINATION_VARIABLE]: 'variable',
  [ParameterType.HEADER]: 'header',
  [ParameterType.HEADERS]: 'headers',
  [ParameterType.PRINCIPAL]: 'principal',
  [ParameterType.SESSION_ATTRIBUTE]: 'sessionAttribute',
  [ParameterType.MESSAGE]: 'message',
};

/** What to use instead of Nest's decorators for requests, by their number. */
const INSTEAD: Record<number, string> = {
  1: 'return the reply instead of @Res()',
  2: '@Next() has no meaning for messages',
  4: 'use @Header() of nestjs-stomp instead of @Query()',
  5: 'use @DestinationVariable() of nestjs-stomp instead of @Param()',
  6: 'use @Header() or @Headers() of nestjs-stomp instead of those of @nestjs/common',
  7: 'use @SessionAttribute() of nestjs-stomp instead of @Session()',
  10: 'use @DestinationVariable() of nestjs-stomp instead of @HostParam()',
  11: 'use the handshake of the session (@ConnectedSocket()) instead of @Ip()',
  12: 'use a parameter of type Buffer instead of @RawBody()',
  13: 'return the reply instead of calling @Ack()',
};

/** Reads what the parameters of a handler are; `forFailure` tells an exception handler's. */
export class ParameterReader {
  constructor(private readonly resolvers: readonly HandlerMethodArgumentResolver[] = []) {}

  /** @throws InvalidHandlerException */
  read(handler: HandlerMethod, forFailure = false): ParameterInfo[] {
    const types = parameterTypes(handler);
    const names = parameterNames(handler.source);
    const entries = entriesOf(handler);
    // A decorator may have wrapped the method, so that only the emitted types tell how many there are.
    const known = (types ?? names).length;
    const count = Math.max(known, ...[...entries.keys()].map((index) => index + 1));
    const taken = { exception: false };
    return Array.from({ length: count }, (_, index) => {
      const parameter = { index, name: names[index], type: types?.[index], handler };
      const entry = entries.get(index);
      if (entry) return decorated(parameter, entry);
      return this.undecorated(parameter, forFailure, taken);
    });
  }

  private undecorated(
    parameter: Pick<ParameterInfo, 'index' | 'name' | 'type' | 'handler'>,
    forFailure: boolean,
    taken: { exception: boolean },
  ): ParameterInfo {
    const rest = { data: undefined, options: {}, pipes: [] };
    const kind = kindByType(parameter.type);
    if (kind) return { ...parameter, ...rest, kind };
    if (
      forFailure &&
      (isErrorType(parameter.type) || (isAnyType(parameter.type) && !taken.exception))
    ) {
      taken.exception = true;
      return { ...parameter, ...rest, kind: 'exception' };
    }
    const resolver = this.resolvers.find((one) => one.supportsParameter(parameter));
    return { ...parameter, ...rest, kind: resolver ? 'resolver' : 'payload', data: resolver };
  }
}

/** Whether a declared type is an error's class. */
export function isErrorType(type: unknown): type is new () => Error {
  return typeof type === 'function' && (type === Error || type.prototype instanceof Error);
}

function isAnyType(type: unknown): boolean {
  return type === undefined || type === Object;
}

function kindByType(type: unknown): ParameterKind | undefined {
  if (typeof type !== 'function') return undefined;
  const isA = (base: { prototype: object }): boolean =>
    type === base || type.prototype instanceof (base as unknown as new () => object);
  if (isA(Message)) return 'message';
  if (isA(MessageHeaders)) return 'messageHeaders';
  if (isA(SimpMessageHeaderAccessor)) return 'accessor';
  return isA(HandlerMethod) ? 'handlerMethod' : undefined;
}

interface KeyedEntry extends ParameterEntry {
  readonly key: string;
}

/** The entries of all classes a method comes from, the nearest class first. */
function entriesOf(handler: HandlerMethod): Map<number, KeyedEntry> {
  const entries = new Map<number, KeyedEntry>();
  let type: object | null = handler.type;
  for (; type && type !== Function.prototype; type = Object.getPrototypeOf(type) as object | null) {
    const own = Reflect.getOwnMetadata(ROUTE_ARGS_METADATA, type, handler.name) as
      Record<string, ParameterEntry> | undefined;
    const found = new Map<number, KeyedEntry>();
    for (const [key, entry] of Object.entries(own ?? {})) {
      if (found.has(entry.index))
        throw new InvalidHandlerException(
          handler,
          `parameter ${entry.index} has several decorators that each give it a value`,
        );
      found.set(entry.index, { ...entry, key });
    }
    for (const [index, entry] of found) if (!entries.has(index)) entries.set(index, entry);
  }
  return entries;
}

function decorated(
  parameter: Pick<ParameterInfo, 'index' | 'name' | 'type' | 'handler'>,
  entry: KeyedEntry,
): ParameterInfo {
  const { data, pipes = [], schema, stomp } = entry;
  // Nest's own decorators give undefined for what is missing.
  const isNests = stomp === undefined && data !== undefined;
  const options: ArgumentOptions = { ...stomp, schema, ...(isNests && { required: false }) };
  const info = { ...parameter, data, pipes, options };
  if (entry.key.includes(CUSTOM_ROUTE_ARGS_METADATA))
    return { ...info, kind: 'custom', factory: entry.factory };
  const number = Number(entry.key.split(':')[0]);
  const kind = KINDS[number];
  // 0 and 3 are what @ConnectedSocket() and @MessageBody() write; the others are of HTTP.
  if (!kind || (!stomp && number !== 0 && number !== 3))
    throw new InvalidHandlerException(
      parameter.handler,
      `parameter ${parameter.index} has a decorator for HTTP requests: ${INSTEAD[number] ?? 'it has no meaning for messages'}`,
    );
  // Spring: @Headers gives a Map, MessageHeaders or an accessor, as the parameter's type says.
  const byType = kind === 'headers' ? kindByType(parameter.type) : undefined;
  return { ...info, kind: byType ?? kind };
}
