import 'reflect-metadata';
import { UNDEFINED_CLASS } from '../../exception/index.js';
import { InvalidHandlerException } from '../failure/handler.exception.js';
import { ENTRY_PROVIDER_WATERMARK } from '../nest-internals.js';

// Fixed strings, so that two installed copies of the package understand each other.
export const MESSAGE_MAPPING = 'stomp:message_mapping';
export const SUBSCRIBE_MAPPING = 'stomp:subscribe_mapping';
export const MESSAGE_EXCEPTION_HANDLER = 'stomp:message_exception_handler';
export const CONTROLLER_ADVICE = 'stomp:controller_advice';
export const SEND_TO = 'stomp:send_to';
export const SEND_TO_USER = 'stomp:send_to_user';
export const STOMP_INSTANCE = 'stomp:instance';

/** Decorates a class or a method, as Nest's decorators that may stand on both. */
export type ClassOrMethodDecorator = ClassDecorator & MethodDecorator;

/** Values that a decorator was given, which all have to be of one type. */
export interface GivenValues {
  readonly decorator: string;
  readonly values: readonly unknown[];
  readonly type: 'string' | 'function';
}

/**
 * Stores metadata on a class, or on the function of a method: there Nest's Reflector and subclasses find it.
 *
 * @throws InvalidHandlerException, when it decorates, for a value that is none
 */
export function defineOnClassOrMethod(
  key: string,
  value: unknown,
  given: GivenValues,
): ClassOrMethodDecorator {
  return (target: object, name?: string | symbol, descriptor?: TypedPropertyDescriptor<any>) => {
    checkGiven(given, target, name);
    if (name !== undefined) checkMethod(given.decorator, target, name, descriptor);
    Reflect.defineMetadata(key, value, (descriptor?.value as object | undefined) ?? target);
    markHandlerClass(descriptor ? target.constructor : target);
  };
}

/** Stores metadata on the function of a method. @throws InvalidHandlerException as `defineOnClassOrMethod` */
export function defineOnMethod(key: string, value: unknown, given: GivenValues): MethodDecorator {
  return (target, name, descriptor) => {
    checkGiven(given, target, name);
    checkMethod(given.decorator, target, name, descriptor);
    Reflect.defineMetadata(key, value, descriptor.value as object);
    markHandlerClass(target.constructor);
  };
}

/** @throws InvalidHandlerException for the first value of another type */
export function checkGiven(
  { decorator, values, type }: GivenValues,
  target: object,
  name?: string | symbol,
): void {
  const index = values.findIndex((one) => typeof one !== type);
  if (index < 0) return;
  const hint = type === 'function' ? UNDEFINED_CLASS : '';
  throw new InvalidHandlerException(
    placeOf(target, name),
    `@${decorator}() was given ${String(values[index])} where a ${type === 'string' ? 'text' : 'class'} belongs${hint}`,
  );
}

// Of a class itself, or of a getter, nobody would ever look at what is stored.
function checkMethod(
  decorator: string,
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<any> | undefined,
): void {
  if (typeof target === 'object' && typeof descriptor?.value === 'function') return;
  throw new InvalidHandlerException(
    placeOf(target, name),
    `@${decorator}() belongs on a method of the object, not on a static one, a getter or a property`,
  );
}

function placeOf(target: object, name: string | symbol | undefined): string {
  const place = typeof target === 'function' ? target.name : target.constructor.name;
  return name === undefined ? place : `${place}.${String(name)}`;
}

/** Tells Nest that requests enter here, so that request-scoped global enhancers are made for this class too. */
export function markHandlerClass(target: object): void {
  Reflect.defineMetadata(ENTRY_PROVIDER_WATERMARK, true, target);
}
