import { STOMP_INSTANCE } from './handler-metadata.js';

/**
 * Gives the handlers of a class to the `StompModule.forRoot({ name })` of these names, and to no other.
 *
 * @publicApi
 */
export function StompInstance(...names: string[]): ClassDecorator {
  return (target) => Reflect.defineMetadata(STOMP_INSTANCE, names, target);
}
