import { Logger } from '@nestjs/common';
import { errorText, quoted, reportRejection } from '../../exception/index.js';
import type { Message } from '../../message/index.js';
import type { LastingConnection } from './lasting-connection.js';
import { deliveryOf } from './relay-subscription.js';
import { reasonOf } from './relay.exceptions.js';

const logger = new Logger('StompBrokerRelay');

/** Subscribes the application itself, for as long as the broker lets it. Returns how to leave. */
export function subscribeApplication(
  system: LastingConnection,
  destination: string,
  listener: (message: Message) => void,
): () => void {
  const report = (error: unknown): void =>
    logger.error(
      `A listener of the application to ${quoted(destination)} failed: ${errorText(error)}`,
      error instanceof Error ? error.stack : undefined,
    );
  const { stored, end } = system.subscribe(destination, {
    onMessage: (frame) =>
      reportRejection(listener(deliveryOf(frame, [], undefined).message), report),
    onRefused: (error, isCertain) => {
      if (isCertain)
        logger.error(
          `The broker refused the application's subscription to ${quoted(destination)}, so that nothing comes from there: ` +
            `${reasonOf(error)}. Let "systemLogin" read it, or name another destination, and subscribe again`,
        );
    },
  });
  // A refusal is told above; what is lost with the connection comes back with it.
  stored.catch(() => undefined);
  return end;
}
