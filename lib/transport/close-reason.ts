import { Buffer } from 'node:buffer';

// RFC 6455, 5.5: a control frame holds 125 bytes, two of them the code.
const REASON_LIMIT_BYTES = 123;

/** As much of a reason as a close frame holds, in whole characters. */
export function fittingReason(reason: string): string {
  const octets = Buffer.from(reason);
  if (octets.length <= REASON_LIMIT_BYTES) return reason;
  // A character that was cut becomes one replacement character; without it the text ends before.
  return octets.toString('utf8', 0, REASON_LIMIT_BYTES).replace(/\uFFFD+$/, '');
}
