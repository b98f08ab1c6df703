import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api';
import type { Message, MessageHeaders, StompHeaderAccessor } from '../../message/index.js';

/** Reads STOMP headers. */
export const READ: TextMapGetter<MessageHeaders> = {
  keys: ({ native }) => Array.from(native, ([name]) => name),
  get: ({ native }, name) => native.get(name),
};

/** Writes STOMP headers of a message that can be changed still. */
export const WRITE: TextMapSetter<StompHeaderAccessor> = {
  set: (accessor, name, value) => accessor.setNativeHeader(name, value),
};

/** The message itself, or a copy of one that was sent before, which cannot be changed. */
export function changeable<T>(message: Message<T>): Message<T> {
  const { headers } = message;
  return headers.fields.frozen ? message.withHeaders(headers.clone()) : message;
}
