import { quoted, StompException } from '../exception/index.js';

/**
 * A client named a destination that is another session's, or the application's own.
 *
 * @publicApi
 */
export class RawUserDestinationException extends StompException {
  constructor(destination: string) {
    super(
      `${quoted(destination)} is not open to this session: subscribe to user destinations as /user/…`,
      { code: 'STOMP_ERR_RAW_USER_DESTINATION', closeCode: 1008 },
    );
  }
}
