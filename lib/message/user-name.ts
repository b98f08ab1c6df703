import { StompException } from '../exception/index.js';

/**
 * A user name as one segment of a user destination: `/` becomes `%2F`, nothing else changes.
 *
 * @throws StompException (`STOMP_ERR_USER_NAME`) for a name that is no text, empty, or holds `%2F`
 */
export function encodeUserName(name: string): string {
  if (typeof name !== 'string')
    throw userNameException(`A user name must be a text, not ${JSON.stringify(name)}`);
  if (name === '') throw userNameException('A user name must not be empty');
  if (name.includes('%2F'))
    throw userNameException(`Invalid sequence "%2F" in user name: ${JSON.stringify(name)}`);
  return name.includes('/') ? name.replaceAll('/', '%2F') : name;
}

/** The user name that a segment of a user destination stands for. */
export function decodeUserName(segment: string): string {
  return segment.includes('%2F') ? segment.replaceAll('%2F', '/') : segment;
}

function userNameException(message: string): StompException {
  return new StompException(message, { code: 'STOMP_ERR_USER_NAME', closeCode: 1008 });
}
