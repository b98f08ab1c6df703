import { quoted, StompException } from '../exception/index.js';

/**
 * A client named a destination that is another session's, or the application's own.
 *
 * @publicApi
 */
export class RawUserDestinationException extends StompException {
  /** @param reserved the destination of the application that it reaches; left out when it is another session's */
  constructor(destination: string, reserved?: string) {
    super(
      `${quoted(destination)} is not open to this session: ${reasonFor(destination, reserved)}`,
      { code: 'STOMP_ERR_RAW_USER_DESTINATION', closeCode: 1008 },
    );
  }
}

function reasonFor(destination: string, reserved: string | undefined): string {
  if (reserved === undefined) return 'subscribe to user destinations as /user/…';
  if (destination === reserved) return 'the nodes of the application talk to each other there';
  return 'it reaches what the nodes of the application tell each other. Subscribe to less';
}
