import { randomBytes } from 'node:crypto';

const prefix = BigInt(`0x${randomBytes(6).toString('hex')}`).toString(36);
let last = 0;

/** A `message-id`: unique in this process, and as good as unique among processes. */
export function nextMessageId(): string {
  return `${prefix}-${(++last).toString(36)}`;
}
