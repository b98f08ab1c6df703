import { context, propagation } from '@opentelemetry/api';
import type { ChannelInterceptor } from '../../channel/index.js';
import { StompHeaderAccessor, type Message } from '../../message/index.js';
import { changeable, WRITE } from './trace-headers.js';

/** Writes the active span into the headers of what the application sends. */
export class TraceInjection implements ChannelInterceptor {
  preSend(message: Message): Message {
    return injectTrace(message);
  }
}

/** The message, or a copy of it, with the active span in its headers. */
export function injectTrace<T>(message: Message<T>): Message<T> {
  const injected = changeable(message);
  propagation.inject(context.active(), StompHeaderAccessor.getAccessor(injected), WRITE);
  return injected;
}
