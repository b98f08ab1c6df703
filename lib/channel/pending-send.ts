import type { PendingSend, SendResult } from './message-channel.js';
import { isPending } from './message-handler.js';

const noop = (): void => undefined;

/** The two moments of a send that begins later. */
export function pendingSend(sent: Promise<SendResult>): PendingSend {
  const entered = sent.then((result) => (isPending(result) ? result.entered : result));
  const completed = sent.then((result) => (isPending(result) ? result.completed : result));
  // One of them may have no observer; neither may become an unhandled rejection.
  entered.catch(noop);
  completed.catch(noop);
  return { entered, completed };
}
