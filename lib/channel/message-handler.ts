import type { Message } from '../message/index.js';

/**
 * Two moments of handling a message that are promises because something asynchronous runs.
 *
 * @publicApi
 */
export interface Handling {
  /** Settles when the next message of the same session may follow: guards and pipes are done, the handler is entered. */
  readonly entered: Promise<unknown>;
  /** Settles when the effect is there: stored, published, the reply sent. Rejects when handling failed. */
  readonly completed: Promise<unknown>;
}

/**
 * What a subscriber of a channel answers: nothing when all is done; a promise when only its effect is still coming;
 * a `Handling` when the next message of the session has to wait as well.
 *
 * @publicApi
 */
export type HandlingResult = void | Promise<unknown> | Handling;

/**
 * Receives the messages of a channel.
 *
 * @publicApi
 */
export interface MessageHandler {
  /**
   * What the destinations of the MESSAGEs that it wants begin with: it is spared most of the others, and still looks for
   * itself. An empty list is all, as with a broker. Messages of other types come in any case.
   *
   * @default [], all
   */
  readonly destinationPrefixes?: readonly string[];
  /** Whether it would do nothing with a message that came now: nobody misses one that it is not shown then. @default false */
  readonly isIdle?: boolean;
  handleMessage(message: Message): HandlingResult;
}

/** Whether a handler's answer says that something is still running. */
export function isPending(result: unknown): result is Promise<unknown> | Handling {
  return (
    typeof result === 'object' && result !== null && ('then' in result || 'completed' in result)
  );
}
