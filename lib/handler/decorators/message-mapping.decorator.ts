import {
  defineOnClassOrMethod,
  MESSAGE_MAPPING,
  type ClassOrMethodDecorator,
} from './handler-metadata.js';

/**
 * Maps SEND frames to a method by destination, without the application prefix. Patterns are Ant patterns: `?`, `*`, `**`,
 * `{name}`, `{name:regex}`. On a class, its patterns go before those of the methods. `${key}` is replaced through the
 * option `resolvePlaceholder`; `${key:default}` has a default.
 *
 * @publicApi
 */
export function MessageMapping(
  ...patterns: (string | readonly string[])[]
): ClassOrMethodDecorator {
  const values = patterns.flat();
  const given = { decorator: 'MessageMapping', values, type: 'string' } as const;
  return defineOnClassOrMethod(MESSAGE_MAPPING, values, given);
}
