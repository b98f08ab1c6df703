import { Buffer } from 'node:buffer';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { WebSocket } from 'ws';
import type { FrameBatch, Splice } from '../frame-batch.js';
import { SharedWire } from './shared-wire.js';
import { controlFrame, joinWire, wireLength, wireOf, wirePrefix, wireText } from './wire-frames.js';

/** Batches above this are written as they are; smaller neighbours are joined. */
const LARGE_BYTES = 16_384;
/** On average; longer frames are not worth copying. */
const LONG_FRAME_BYTES = 1024;
/** On average; to copy longer frames costs more than to hand their parts over. */
const LONGEST_COPIED_BYTES = 8192;
const NO_PAYLOAD = Buffer.alloc(0);

/** One for all: what one connection leaves is for the next one. */
const sharedWire = new SharedWire();

/** Hands octets to one socket. */
export interface FrameWriter {
  /** Octets that were handed over and not taken by the system yet. */
  readonly unsentBytes: number;
  /** Grows when the system takes something. */
  readonly progress: number;
  /** Hands batches over in order. False when nothing more must come until all was taken. */
  write(batches: readonly FrameBatch[]): boolean;
  /** Calls once, when all that was handed over was taken. */
  awaitDrain(onDrain: () => void): void;
  ping(): void;
  pong(payload: Buffer): void;
}

/** Frames WebSocket messages itself and gives a turn's messages to the raw socket in one write. */
export class SocketFrameWriter implements FrameWriter {
  private handedBytes = 0;
  /** Whether octets that the socket does not count as waiting are nobody's any more: the system has copied them. */
  private readonly copiesAtOnce: boolean;

  constructor(private readonly socket: Duplex) {
    this.copiesAtOnce = socket instanceof Socket && !(socket instanceof TLSSocket);
  }

  get unsentBytes(): number {
    return this.socket.writableLength;
  }

  get progress(): number {
    return this.handedBytes - this.socket.writableLength;
  }

  write(batches: readonly FrameBatch[]): boolean {
    const only = batches.length === 1 ? batches[0]!.splice : undefined;
    if (only?.shares === 'tails' && this.copiesAtOnce && !isLong(batches[0]!, LONGEST_COPIED_BYTES))
      return this.handShared(only);
    // Short frames are joined as strings, long ones are not copied at all: both are faster than joining buffers.
    if (batches.every(isText)) return this.handText(batches);
    if (only && only.shares !== 'everything') return this.gather(splicePieces(only));
    if (!batches.some((batch) => batch.byteLength > LARGE_BYTES)) {
      return this.hand(joinWire(batches));
    }
    return this.gather(pieces(batches));
  }

  awaitDrain(onDrain: () => void): void {
    this.socket.once('drain', onDrain);
  }

  private handShared(splice: Splice): boolean {
    const isTaken = this.hand(sharedWire.of(splice));
    if (this.socket.writableLength > 0) sharedWire.leave();
    return isTaken;
  }

  private handText(batches: readonly FrameBatch[]): boolean {
    let text = '';
    for (const { splice } of batches) text += wireText(splice!);
    this.handedBytes += text.length;
    return this.socket.write(text, 'latin1') || this.socket.writableLength === 0;
  }

  /** Many pieces in one system call. */
  private gather(octets: Iterable<Buffer>): boolean {
    this.socket.cork();
    for (const piece of octets) this.hand(piece);
    this.socket.uncork();
    return !this.socket.writableNeedDrain || this.socket.writableLength === 0;
  }

  ping(): void {
    this.hand(controlFrame('ping', NO_PAYLOAD));
  }

  pong(payload: Buffer): void {
    this.hand(controlFrame('pong', payload));
  }

  /** A write that the system took at once says false too when it was larger than the socket's own buffer. */
  private hand(octets: Buffer): boolean {
    this.handedBytes += octets.length;
    return this.socket.write(octets) || this.socket.writableLength === 0;
  }
}

/** Leaves framing and compression to `ws`. */
export class DeflatingFrameWriter implements FrameWriter {
  progress = 0;
  /** Frames that `ws` has not handed to the system yet. */
  private open = 0;

  private onDrain: (() => void) | undefined;

  constructor(private readonly ws: WebSocket) {}

  get unsentBytes(): number {
    return this.ws.bufferedAmount;
  }

  write(batches: readonly FrameBatch[]): boolean {
    for (const batch of batches) {
      this.open += batch.frameCount;
      for (const { octets, binary } of batch.frames) {
        this.ws.send(octets, { binary, compress: true }, this.onSent);
      }
    }
    return this.open === 0;
  }

  awaitDrain(onDrain: () => void): void {
    this.onDrain = onDrain;
  }

  ping(): void {
    this.open++;
    this.ws.ping(NO_PAYLOAD, false, this.onSent);
  }

  pong(payload: Buffer): void {
    this.open++;
    this.ws.pong(payload, false, this.onSent);
  }

  private readonly onSent = (): void => {
    this.progress++;
    if (--this.open > 0) return;
    const { onDrain } = this;
    this.onDrain = undefined;
    onDrain?.();
  };
}

/** Whether nobody else gets all of a batch, and its frames are short. */
function isText(batch: FrameBatch): boolean {
  const { splice } = batch;
  return splice !== undefined && splice.shares !== 'everything' && !isLong(batch, LONG_FRAME_BYTES);
}

/** Whether frames are longer on average. */
function isLong({ byteLength, frameCount }: FrameBatch, limit: number): boolean {
  return byteLength > frameCount * limit;
}

function* splicePieces(splice: Splice): Generator<Buffer> {
  for (const tail of splice.tails) {
    yield wirePrefix(splice, tail);
    yield tail.part.octets;
  }
}

/** Large batches by themselves, what lies between them joined. */
function* pieces(batches: readonly FrameBatch[]): Generator<Buffer> {
  let small: FrameBatch[] = [];
  for (const batch of batches) {
    if (wireLength(batch) <= LARGE_BYTES) {
      small.push(batch);
      continue;
    }
    if (small.length > 0) yield joinWire(small);
    small = [];
    yield wireOf(batch);
  }
  if (small.length > 0) yield joinWire(small);
}
