import { FrameBatch } from './frame-batch.js';

/** Stands at places whose batch has left, so that it can be collected. */
const NONE = new FrameBatch([], true);

/** Of all empty queues, never written to: an array of their own would outlive each message and cost the collector. */
const EMPTY: FrameBatch[] = [];

/** Batches that wait for one socket, oldest first. */
export class SendQueue {
  /** Octets of the frames that wait. */
  byteLength = 0;
  /** Frames that wait. */
  frameCount = 0;
  private batches = EMPTY;
  private head = 0;

  get isEmpty(): boolean {
    return this.head === this.batches.length;
  }

  push(batch: FrameBatch): void {
    if (this.batches === EMPTY) this.batches = [batch];
    else this.batches.push(batch);
    this.byteLength += batch.byteLength;
    this.frameCount += batch.frameCount;
  }

  /** Takes the oldest batches: at least one, and more while they stay within so many bytes together. */
  take(maxBytes: number): FrameBatch[] {
    if (this.byteLength <= maxBytes) return this.takeAll();
    let bytes = 0;
    let end = this.head;
    do bytes += this.batches[end++]!.byteLength;
    while (end < this.batches.length && bytes + this.batches[end]!.byteLength <= maxBytes);
    const taken = this.batches.slice(this.head, end);
    this.byteLength -= bytes;
    for (const batch of taken) this.frameCount -= batch.frameCount;
    this.moveHead(end);
    return taken;
  }

  takeAll(): FrameBatch[] {
    const taken = this.head === 0 ? this.batches : this.batches.slice(this.head);
    this.clear();
    return taken;
  }

  /** Leaves out the oldest batch that may be left out; undefined when there is none. */
  dropOldest(): FrameBatch | undefined {
    let at = this.head;
    while (at < this.batches.length && !this.batches[at]!.droppable) at++;
    const dropped = this.batches[at];
    if (dropped === undefined) return undefined;
    // The few that must stay move one place back.
    for (; at > this.head; at--) this.batches[at] = this.batches[at - 1]!;
    this.byteLength -= dropped.byteLength;
    this.frameCount -= dropped.frameCount;
    this.moveHead(this.head + 1);
    return dropped;
  }

  /** Leaves out the oldest batches that may be left out, as long as the condition holds. Says how many frames that were. */
  dropWhile(condition: () => boolean): number {
    let frames = 0;
    while (condition()) {
      const dropped = this.dropOldest();
      if (dropped === undefined) break;
      frames += dropped.frameCount;
    }
    return frames;
  }

  clear(): void {
    this.batches = EMPTY;
    this.head = 0;
    this.byteLength = 0;
    this.frameCount = 0;
  }

  /** Gives up the places of batches that left when they are the larger part. */
  private moveHead(head: number): void {
    this.batches.fill(NONE, this.head, head);
    this.head = head;
    if (this.head < 64 || this.head * 2 < this.batches.length) return;
    this.batches = this.batches.slice(this.head);
    this.head = 0;
  }
}
