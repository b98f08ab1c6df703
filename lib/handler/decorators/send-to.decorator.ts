import {
  defineOnClassOrMethod,
  SEND_TO,
  SEND_TO_USER,
  type ClassOrMethodDecorator,
} from './handler-metadata.js';

/**
 * How `@SendToUser` sends.
 *
 * @publicApi
 */
export interface SendToUserOptions {
  /** Whether all sessions of the user get the reply, not only the sender's. @default true */
  readonly broadcast?: boolean;
}

/** @internal What `@SendToUser` stores. */
export interface SendToUserMetadata {
  readonly destinations: readonly string[];
  readonly broadcast: boolean;
}

/**
 * Sends what the method returns to these destinations instead of `/topic` + its own; without any, to that. `{name}` is
 * replaced by the destination variable. On a class: for methods that name no destination themselves.
 *
 * @publicApi
 */
export function SendTo(...destinations: (string | readonly string[])[]): ClassOrMethodDecorator {
  const values = destinations.flat();
  return defineOnClassOrMethod(SEND_TO, values, { decorator: 'SendTo', values, type: 'string' });
}

/**
 * Sends what the method returns to the user of the message, at these destinations (without `/user`), or at `/queue` + its
 * own without any. An anonymous sender gets it at the sending session. `{name}` is replaced by the destination variable.
 *
 * @publicApi
 */
export function SendToUser(
  destinations?: string | readonly string[] | SendToUserOptions,
  options?: SendToUserOptions,
): ClassOrMethodDecorator {
  const isList = typeof destinations === 'string' || Array.isArray(destinations);
  const named = isList ? [destinations as string | string[]].flat() : [];
  const given = isList ? options : ((destinations as SendToUserOptions | undefined) ?? options);
  const metadata: SendToUserMetadata = { destinations: named, broadcast: given?.broadcast ?? true };
  const values = metadata.destinations;
  const checked = { decorator: 'SendToUser', values, type: 'string' } as const;
  return defineOnClassOrMethod(SEND_TO_USER, metadata, checked);
}
