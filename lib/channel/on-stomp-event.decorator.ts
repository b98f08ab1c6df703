import 'reflect-metadata';
import type { StompEventMap, StompEventType } from './session-events.js';

// A fixed string, so that two installed copies of the package understand each other.
export const ON_STOMP_EVENT = 'stomp:on_event';

type ListenerDecorator<T extends StompEventType> = <M extends (event: StompEventMap[T]) => unknown>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/**
 * Calls a method of a provider or controller for every event of these types, synchronously and in order; one of a
 * request-scoped or transient provider only when its instance has been made, after the event. What it throws or rejects with
 * is logged and disturbs nobody. Session-scoped providers are those of the event's session.
 *
 * @example
 * \@OnStompEvent('sessionDisconnect')
 * left({ user, closeCode }: SessionDisconnectEvent): void {}
 *
 * @publicApi
 */
export function OnStompEvent<T extends StompEventType>(...types: T[]): ListenerDecorator<T> {
  return (_target, _name, descriptor) => {
    const method = descriptor.value!;
    const before = (Reflect.getOwnMetadata(ON_STOMP_EVENT, method) ?? []) as StompEventType[];
    Reflect.defineMetadata(ON_STOMP_EVENT, [...before, ...types], method);
  };
}
