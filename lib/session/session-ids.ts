import { Buffer } from 'node:buffer';
import { randomFillSync } from 'node:crypto';

/** Ids that are made at once. */
const BATCH = 128;
const RANDOM_BYTES = 16;
const LENGTH = 36;
const DASH = 0x2d;
const HEX = Buffer.from('0123456789abcdef');
/** Octets that a dash stands in front of. */
const GROUPS = new Set([4, 6, 8, 10]);

const random = Buffer.alloc(BATCH * RANDOM_BYTES);
const text = Buffer.alloc(BATCH * LENGTH);
let next = BATCH;

/**
 * A random UUID, as `randomUUID` makes it. That one joins a dozen strings, and as long as nobody looks at the result it
 * keeps them all; here the text of many is written at once.
 */
export function newSessionId(): string {
  if (next === BATCH) refill();
  const at = next++ * LENGTH;
  return text.toString('latin1', at, at + LENGTH);
}

function refill(): void {
  randomFillSync(random);
  let at = 0;
  for (let i = 0; i < random.length; i++) {
    const index = i % RANDOM_BYTES;
    if (GROUPS.has(index)) text[at++] = DASH;
    const octet = withVersion(random[i]!, index);
    text[at++] = HEX[octet >> 4]!;
    text[at++] = HEX[octet & 15]!;
  }
  next = 0;
}

/** RFC 9562, 5.4: version 4, variant 10. */
function withVersion(octet: number, index: number): number {
  if (index === 6) return (octet & 0x0f) | 0x40;
  return index === 8 ? (octet & 0x3f) | 0x80 : octet;
}
