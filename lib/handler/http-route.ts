import type { ParameterEntry } from './decorators/parameter-metadata.js';
import { METHOD_METADATA, ROUTE_ARGS_METADATA } from './nest-internals.js';

/** Nest's own decorators have smaller numbers; some of ours are the same as those. */
const FIRST_OF_OURS = 100;

/** Whether a method takes HTTP requests, and has a parameter with a decorator of ours that Nest knows nothing of. */
export function isConfusedRoute(type: object, prototype: object, name: string): boolean {
  const method = Reflect.get(prototype, name) as unknown;
  if (typeof method !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, method)) return false;
  const entries = Reflect.getMetadata(ROUTE_ARGS_METADATA, type, name) as
    Readonly<Record<string, ParameterEntry>> | undefined;
  return Object.entries(entries ?? {}).some(
    ([key, { stomp }]) => stomp !== undefined && parseInt(key) >= FIRST_OF_OURS,
  );
}
