import { Buffer } from 'node:buffer';

const EMPTY = Buffer.alloc(0);

/** Gathers octets that come in pieces; grows with what arrives, never with what was announced. */
export class OctetBuffer {
  length = 0;
  private octets = EMPTY;

  append(source: Buffer, from: number, to: number): void {
    const length = this.length + to - from;
    if (length > this.octets.length) this.grow(length);
    source.copy(this.octets, this.length, from, to);
    this.length = length;
  }

  /** Everything gathered; the buffer is empty after it. */
  take(): Buffer {
    const taken = this.octets.subarray(0, this.length);
    this.clear();
    return taken;
  }

  clear(): void {
    this.octets = EMPTY;
    this.length = 0;
  }

  private grow(length: number): void {
    const grown = Buffer.allocUnsafe(Math.max(64, length, 2 * this.octets.length));
    this.octets.copy(grown, 0, 0, this.length);
    this.octets = grown;
  }
}
