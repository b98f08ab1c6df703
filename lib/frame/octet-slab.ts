import { Buffer } from 'node:buffer';

const SLAB_BYTES = 65_536;
/** Smaller ones come from Node's own pool, larger ones are worth memory of their own. */
const SMALLEST = 2048;
const LARGEST = 16_384;

let slab: Buffer = Buffer.alloc(0);
let used = 0;

/**
 * Memory for octets that live for a short time, not cleared. A few kilobytes at a time are cut from one large piece: what
 * Node's pool does not do, and what is several times as fast as memory for each.
 */
export function takeOctets(length: number): Buffer {
  if (length < SMALLEST || length > LARGEST) return Buffer.allocUnsafe(length);
  if (used + length > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    used = 0;
  }
  const octets = slab.subarray(used, used + length);
  used += length;
  return octets;
}
