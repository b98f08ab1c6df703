import { Buffer } from 'node:buffer';
import { encodeFrame, messagePrefixText, StompCommand, type StompVersion } from '../frame/index.js';
import type { Message } from '../message/index.js';
import {
  fittingReason,
  FrameBatch,
  FramePart,
  type Connection,
  type SharedTail,
} from '../transport/index.js';
import type { FanOut } from './fan-out.js';
import type { FanOutTarget, GatheredBatch } from './prepared-receivers.js';
import { isBinary } from './outgoing-message.js';
import type { SessionStatistics } from './session-statistics.js';

const NO_BODY = Buffer.alloc(0);
const HEARTBEAT = new FrameBatch([{ octets: Buffer.from('\n'), binary: false }], true);

/** The way out of one session: whole frames, in order, nothing behind the last one. */
export class SessionWriter implements FanOutTarget {
  /** Version in which frames are encoded; until CONNECT has been read, that of an ERROR. */
  version: StompVersion = '1.2';
  isOpen = true;
  gathered: GatheredBatch | undefined;
  behind: FrameBatch[] | undefined;

  constructor(
    readonly connection: Connection,
    private readonly fanOut: FanOut,
    private readonly statistics: SessionStatistics,
  ) {}

  prefixFor(subscriptionId: string | undefined): FramePart {
    // Nothing is kept: to make it again costs less than memory that every subscription would hold.
    return FramePart.ofText(messagePrefixText(subscriptionId, this.version));
  }

  /** Writes octets that were encoded by the caller. */
  frame(command: StompCommand, octets: Buffer, binary = false, droppable = false): void {
    this.write(command, new FrameBatch([{ octets, binary }], droppable));
  }

  /** Writes one frame. */
  write(command: StompCommand, frame: FrameBatch): void {
    if (!this.isOpen) return;
    this.count(command, frame);
    this.fanOut.write(this, frame);
  }

  /** Writes a MESSAGE. */
  message(prefix: FramePart, tail: SharedTail, droppable: boolean): void {
    if (!this.isOpen) return;
    this.statistics.framesOut[StompCommand.MESSAGE]++;
    this.statistics.bytesOut += prefix.length + tail.part.length;
    this.fanOut.write(this, FrameBatch.forOne(prefix, tail, droppable));
  }

  receipt(id: string): void {
    if (!this.isOpen) return;
    const frame = { command: StompCommand.RECEIPT, headers: ['receipt-id', id], body: NO_BODY };
    const octets = encodeFrame(frame, this.version);
    const batch = new FrameBatch([{ octets, binary: false }], false);
    this.count(StompCommand.RECEIPT, batch);
    this.fanOut.writeBehind(this, batch);
  }

  error(message: Message<Buffer>): void {
    const { fields } = message.headers;
    const headers = fields.native.toFlat().slice();
    if (fields.contentType !== undefined && !fields.native.has('content-type'))
      headers.push('content-type', fields.contentType);
    const octets = encodeFrame(
      { command: StompCommand.ERROR, headers, body: message.payload },
      this.version,
    );
    this.statistics.errors++;
    const binary = this.connection.supportsBinary && isBinary(undefined, message);
    this.frame(StompCommand.ERROR, octets, binary);
  }

  heartbeat(): void {
    // Octets that wait for the client are a sign of life as soon as it reads them.
    if (!this.isOpen || this.connection.bufferedBytes > 0) return;
    this.statistics.heartbeatsOut++;
    this.fanOut.writeBehind(this, HEARTBEAT);
  }

  /** Closes behind what was written; nothing is written after. */
  close(code: number, reason: string): void {
    if (!this.isOpen) return;
    if (this.gathered) this.fanOut.handOver();
    this.isOpen = false;
    this.connection.close(code, fittingReason(reason));
  }

  private count(command: StompCommand, { byteLength }: FrameBatch): void {
    this.statistics.framesOut[command]++;
    this.statistics.bytesOut += byteLength;
  }
}
