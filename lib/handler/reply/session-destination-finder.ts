import type { SessionContext } from '../../message/index.js';
import type { SendOptions } from '../../template/index.js';

/** Finds where what is meant for one session can be sent at once. */
export interface SessionDestinationFinder {
  /**
   * Undefined when it has to go by the user destination.
   *
   * @param user the name of the session's user, or the id of an anonymous session
   * @param destination behind `/user`
   */
  find(
    session: SessionContext,
    user: string,
    destination: string,
  ): { readonly destination: string; readonly options: SendOptions } | undefined;
}
