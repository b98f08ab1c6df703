import { Logger } from '@nestjs/common';
import type { Subscription } from 'rxjs';

const logger = new Logger('StompHandler');

/** Unsubscribes; what the stream's own teardown throws is logged and hurts nobody. */
export function endStream(stream: Subscription): void {
  try {
    stream.unsubscribe();
  } catch (error) {
    logger.error(
      'The teardown of a stream failed',
      error instanceof Error ? error.stack : String(error),
    );
  }
}
