import { Buffer } from 'node:buffer';
import type { SharedTail, Splice } from '../frame-batch.js';
import { putSplice, spliceLength } from './wire-frames.js';

const NO_OCTETS = Buffer.alloc(0);

/**
 * Frames with the same ends for one connection after the other. The ends are copied once; for the next connection only the
 * beginnings are written over, in the same memory, when they are as long as those before.
 */
export class SharedWire {
  private memory: Buffer = NO_OCTETS;
  /** As much of the memory as the frames need. */
  private octets: Buffer = NO_OCTETS;
  private tails: readonly SharedTail[] | undefined;
  private prefixLength = 0;
  /** Where the frames begin. */
  private places: number[] = [];

  /** The frames as WebSocket messages, until the next call: the memory is used again, unless it is left. */
  of(splice: Splice): Buffer {
    const { prefix, tails } = splice;
    if (tails !== this.tails || prefix.length !== this.prefixLength) this.begin(splice);
    const { octets } = prefix;
    for (const place of this.places) this.octets.set(octets, place);
    return this.octets;
  }

  /** Leaves what `of` returned last to the caller. */
  leave(): void {
    this.memory = NO_OCTETS;
    this.octets = NO_OCTETS;
    this.tails = undefined;
  }

  private begin(splice: Splice): void {
    const length = spliceLength(splice);
    // Whoever is left a part of the memory keeps all of it: never more than twice what is counted as waiting.
    const isFitting = length <= this.memory.length && this.memory.length <= 2 * length;
    if (!isFitting) this.memory = Buffer.allocUnsafe(length);
    this.octets = this.memory.subarray(0, length);
    this.tails = splice.tails;
    this.prefixLength = splice.prefix.length;
    this.places = [];
    putSplice(this.octets, 0, splice, this.places);
  }
}
