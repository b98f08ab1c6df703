import { defineOnMethod, SUBSCRIBE_MAPPING } from './handler-metadata.js';

/**
 * Maps SUBSCRIBE frames to a method by destination, without the application prefix. What it returns goes to that
 * subscription directly, once; each value of an Observable or async generator, until the client unsubscribes. With
 * `@SendTo` or `@SendToUser` it goes there instead. Patterns as in `@MessageMapping`.
 *
 * @publicApi
 */
export function SubscribeMapping(...patterns: (string | readonly string[])[]): MethodDecorator {
  const values = patterns.flat();
  const given = { decorator: 'SubscribeMapping', values, type: 'string' } as const;
  return defineOnMethod(SUBSCRIBE_MAPPING, values, given);
}
