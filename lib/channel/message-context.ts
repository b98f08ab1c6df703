import { AsyncLocalStorage } from 'node:async_hooks';
import type { Message, SessionContext } from '../message/index.js';

/** What is being handled: a message, or an event of a session. */
export interface MessageContext {
  readonly message?: Message;
  /** @default that of the message */
  readonly session?: SessionContext;
}

/**
 * The message or session event whose handling led here, also behind promises and timers. Entered around handlers, event
 * listeners and interceptors of what clients send and get when an application has session-scoped providers: from the
 * first time on, all promises of the process cost more.
 */
export const messageContext = new AsyncLocalStorage<MessageContext>();

/** The session on whose behalf the current code runs; undefined outside of `messageContext`. */
export function currentSession(): SessionContext | undefined {
  const context = messageContext.getStore();
  return context?.session ?? context?.message?.headers.session;
}
