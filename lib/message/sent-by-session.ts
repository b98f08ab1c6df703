import type { HeaderFields } from './message-headers.js';

/**
 * Set to true on a message of the application that has the id of a session because that session caused it: at a user
 * destination it is for all sessions of the user.
 */
export const SENT_BY_SESSION = 'simpSentBySession';

/** The only session that the application means with a message to a user destination, if it means one. */
export function meantSessionId({ session, sessionId, extra }: HeaderFields): string | undefined {
  return session === undefined && extra?.get(SENT_BY_SESSION) !== true ? sessionId : undefined;
}
