import 'reflect-metadata';
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

/** Stores metadata on a class, or on the function of a method: there Nest's Reflector and subclasses find it. */
export function defineOnClassOrMethod(key: string, value: unknown): ClassOrMethodDecorator {
  return (target: object, _name?: string | symbol, descriptor?: TypedPropertyDescriptor<any>) => {
    Reflect.defineMetadata(key, value, (descriptor?.value as object | undefined) ?? target);
    markHandlerClass(descriptor ? target.constructor : target);
  };
}

/** Stores metadata on the function of a method. */
export function defineOnMethod(key: string, value: unknown): MethodDecorator {
  return (target, _name, descriptor) => {
    Reflect.defineMetadata(key, value, descriptor.value as object);
    markHandlerClass(target.constructor);
  };
}

/** Tells Nest that requests enter here, so that request-scoped global enhancers are made for this class too. */
export function markHandlerClass(target: object): void {
  Reflect.defineMetadata(ENTRY_PROVIDER_WATERMARK, true, target);
}
