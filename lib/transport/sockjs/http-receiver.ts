import { Buffer } from 'node:buffer';
import type { ServerResponse } from 'node:http';
import type { SendWatch, WatchedSender } from '../send-watch.js';
import type { ReceivingTransport } from './receiving-transport.js';

/** Told what becomes of a response that gives frames to a client. */
export interface ReceiverListener {
  /** The client took what was written. */
  onDrain(): void;
  /** The response is over. @param aborted whether the client left before it was complete */
  onGone(aborted: boolean): void;
  onSendTimeout(elapsedMs: number): void;
}

/** The response of one request, as long as it gives frames to the client. */
export class HttpReceiver implements WatchedSender {
  listener: ReceiverListener | undefined;
  /** Whether nothing more must be sent until `onDrain`. */
  isBlocked = false;
  private sentBytes = 0;
  private isOver = false;
  private readonly socket;

  /** @param bytesLimit bytes of frames after which the response ends; 0 for one frame */
  constructor(
    private readonly response: ServerResponse,
    private readonly transport: ReceivingTransport,
    private readonly callback: string,
    private readonly bytesLimit: number,
    private readonly watch: SendWatch,
  ) {
    this.socket = response.socket;
    response.on('error', () => undefined);
    response.on('drain', () => this.onDrain());
    response.on('close', () => this.onClosed());
    if (transport.prelude !== undefined) response.write(transport.prelude(callback));
  }

  get unsentBytes(): number {
    return this.response.writableFinished ? 0 : (this.socket?.writableLength ?? 0);
  }

  get progress(): number {
    return this.sentBytes - this.unsentBytes;
  }

  /** Sends a frame, and ends the response when that was the last one for it. */
  send(frame: string): void {
    const text = this.transport.format(frame, this.callback);
    const bytes = Buffer.byteLength(text);
    this.sentBytes += bytes;
    if (!this.transport.streaming) return this.end(text);
    const accepted = this.response.write(text);
    if (this.sentBytes >= this.bytesLimit) return this.end();
    this.isBlocked = !accepted && this.unsentBytes > 0;
    if (this.unsentBytes > 0) this.watch.watch(this);
  }

  /** Ends the response; what was sent still arrives. */
  end(last?: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.response.end(last);
    if (this.unsentBytes > 0) this.watch.watch(this);
    this.listener?.onGone(false);
  }

  /** Cuts the client's connection. */
  destroy(): void {
    this.response.destroy();
  }

  onSendTimeout(elapsedMs: number): void {
    if (!this.isOver) this.listener?.onSendTimeout(elapsedMs);
    this.destroy();
  }

  private onDrain(): void {
    this.isBlocked = false;
    if (!this.isOver) this.listener?.onDrain();
  }

  private onClosed(): void {
    this.watch.unwatch(this);
    if (this.isOver) return;
    this.isOver = true;
    this.listener?.onGone(true);
  }
}
