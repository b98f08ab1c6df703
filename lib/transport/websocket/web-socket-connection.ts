import type { Duplex } from 'node:stream';
import { Logger } from '@nestjs/common';
import type { RawData, WebSocket } from 'ws';
import type { Handshake, StompPrincipal } from '../../message/index.js';
import type { Connection, ConnectionAcceptor, ConnectionListener } from '../connection.js';
import {
  type ConnectionEnvironment,
  type ConnectionOrigin,
  FLUSH_BYTES,
  NOT_RELIABLE,
} from '../connection-environment.js';
import type { FrameBatch } from '../frame-batch.js';
import type { Flushable } from '../turn.js';
import { closeCodeOf } from './close-code.js';
import { DeflatingFrameWriter, type FrameWriter, SocketFrameWriter } from './frame-writer.js';
import { SendQueue } from '../send-queue.js';
import type { WatchedSender } from '../send-watch.js';

/** How long a client that did not read has to read our close. */
const SLOW_CLIENT_GRACE_MS = 1_000;
/** A STOMP client's plain WebSocket. */
export class WebSocketConnection implements Connection, Flushable, WatchedSender {
  readonly transport: string = 'websocket';
  readonly supportsBinary = true;
  readonly handshake: Handshake;
  readonly endpoint: string;
  readonly user: StompPrincipal | undefined;
  readonly attributes: Map<string, unknown>;
  lastReadAt = Date.now();
  lastWriteAt = this.lastReadAt;
  private readonly logger = new Logger(WebSocketConnection.name);
  private readonly queue = new SendQueue();
  private readonly writer: FrameWriter;
  private listener: ConnectionListener | undefined;
  private onEnd: (() => void) | undefined;
  /** Whether this connection is on the turn's list. */
  private dirty = false;
  /** Whether the socket asked to wait for `drain`. */
  private blocked = false;
  /** Whether something was left out since the client last kept up. */
  private dropping = false;
  private grace: NodeJS.Timeout | undefined;
  private pendingPong: Buffer | undefined;
  /** Why we close or closed; undefined while the connection is open for us. */
  private closing: { readonly code: number; readonly reason: string } | undefined;

  constructor(
    private readonly ws: WebSocket,
    socket: Duplex,
    private readonly environment: ConnectionEnvironment,
    origin: ConnectionOrigin,
  ) {
    this.handshake = origin.handshake;
    this.endpoint = origin.endpoint;
    this.user = origin.user;
    this.attributes = origin.attributes;
    const onDrain = () => this.onDrain();
    this.writer = ws.extensions
      ? new DeflatingFrameWriter(ws, onDrain)
      : new SocketFrameWriter(socket, onDrain);
    socket.on('data', () => {
      this.lastReadAt = Date.now();
    });
  }

  get protocol(): string {
    return this.ws.protocol;
  }

  get bufferedBytes(): number {
    return this.queue.byteLength + this.writer.unsentBytes;
  }

  get unsentBytes(): number {
    return this.writer.unsentBytes;
  }

  get progress(): number {
    return this.writer.progress;
  }

  /**
   * Hands the connection over; from now on its listener hears of it.
   *
   * @param onEnd called once, when the connection is over
   */
  open(accept: ConnectionAcceptor, onEnd: () => void): void {
    const { ws } = this;
    this.onEnd = onEnd;
    ws.on('message', (data, isBinary) => this.onMessage(data, isBinary));
    ws.on('ping', (payload) => this.onPing(payload));
    ws.on('error', (error) => this.onError(error));
    ws.on('close', (code, reason) => this.onClosed(code, reason.toString()));
    try {
      this.listener = accept(this);
    } catch (error) {
      this.fail('Taking over a connection failed', error);
    }
  }

  write(batch: FrameBatch): void {
    if (this.closing !== undefined) return;
    this.queue.push(batch);
    if (this.blocked) this.enforceBufferLimit();
    else if (this.queue.byteLength > FLUSH_BYTES) this.writeOut(Date.now());
    else this.markDirty();
  }

  /** Writes what waits, at the end of a turn. */
  flush(): void {
    this.dirty = false;
    this.writeOut(this.environment.turn.flushedAt);
  }

  pause(): void {
    this.ws.pause();
  }

  resume(): void {
    this.ws.resume();
  }

  ping(): void {
    if (this.closing !== undefined || this.blocked || !this.isWritable()) return;
    this.writer.ping();
    this.lastWriteAt = Date.now();
  }

  stopTransportHeartbeats(): void {
    // A plain WebSocket has none of its own.
  }

  close(code: number, reason: string): void {
    if (this.closing !== undefined) return;
    this.closing = { code, reason };
    if (this.isWritable() && !this.queue.isEmpty) this.writer.write(this.queue.takeAll());
    this.closeSocket(code, reason);
  }

  terminate(): void {
    this.closing ??= { code: 1006, reason: '' };
    this.queue.clear();
    this.ws.terminate();
  }

  onSendTimeout(elapsedMs: number): void {
    const { sendTimeLimit } = this.environment.settings;
    this.giveUp(`Send time ${elapsedMs} (ms) exceeded the allowed limit ${sendTimeLimit}`);
  }

  /** Writes what waits, as far as the socket takes it. */
  private writeOut(now: number): void {
    if (this.blocked || this.closing !== undefined) return;
    if (!this.isWritable()) return this.queue.clear();
    if (this.pendingPong !== undefined) this.writePong(this.pendingPong);
    if (!this.queue.isEmpty) this.lastWriteAt = now;
    while (!this.blocked && !this.queue.isEmpty) this.hand(this.queue.take(FLUSH_BYTES));
  }

  private markDirty(): void {
    if (this.dirty) return;
    this.dirty = true;
    this.environment.turn.addConnection(this);
  }

  private hand(batches: FrameBatch[]): void {
    if (!this.writer.write(batches)) this.blocked = true;
    for (const batch of batches) this.environment.stats.bytesSent += batch.byteLength;
    if (this.writer.unsentBytes > 0) this.environment.watch.watch(this);
  }

  private onDrain(): void {
    this.blocked = false;
    this.dropping = false;
    this.writeOut(Date.now());
  }

  /** RFC 6455, 7.1.4: nothing leaves behind a close frame, also not behind the answer to the client's. */
  private isWritable(): boolean {
    return this.ws.readyState === this.ws.OPEN;
  }

  private enforceBufferLimit(): void {
    const { sendBufferSizeLimit, slowClientPolicy } = this.environment.settings;
    if (this.queue.byteLength <= sendBufferSizeLimit) return;
    const isFull = () => this.queue.byteLength > sendBufferSizeLimit;
    if (slowClientPolicy === 'drop-oldest') this.reportDropping(this.queue.dropWhile(isFull));
    if (!isFull()) return;
    const size = this.queue.byteLength;
    this.giveUp(`Buffer size ${size} bytes exceeds the allowed limit ${sendBufferSizeLimit}`);
  }

  /** Once for each time that the client falls behind. */
  private reportDropping(droppedFrames: number): void {
    this.environment.stats.framesDropped += droppedFrames;
    if (this.dropping || droppedFrames === 0) return;
    this.dropping = true;
    this.listener?.onSlow('drop-oldest', this.bufferedBytes);
  }

  private giveUp(why: string): void {
    if (this.closing !== undefined) return;
    const { bufferedBytes } = this;
    this.closing = NOT_RELIABLE;
    this.queue.clear();
    this.environment.stats.slowTerminated++;
    this.logger.warn(`${why}; closing ${this.endpoint} of ${this.handshake.remoteAddress}`);
    this.closeSocket(NOT_RELIABLE.code, NOT_RELIABLE.reason);
    this.grace = setTimeout(() => this.ws.terminate(), SLOW_CLIENT_GRACE_MS);
    this.listener?.onSlow('terminate', bufferedBytes);
  }

  private closeSocket(code: number, reason: string): void {
    this.queue.clear();
    this.environment.watch.unwatch(this);
    this.ws.resume();
    this.ws.close(code, fitting(reason));
  }

  private onMessage(data: RawData, isBinary: boolean): void {
    if (this.closing !== undefined) return;
    const octets = data as Buffer;
    const { maxBinaryMessageBytes, maxTextMessageBytes } = this.environment.settings;
    const limit = isBinary ? maxBinaryMessageBytes : maxTextMessageBytes;
    if (octets.length > limit) {
      this.close(1009, `A ${isBinary ? 'binary' : 'text'} message may have ${limit} bytes`);
      return;
    }
    try {
      this.listener?.onData(octets);
    } catch (error) {
      this.fail('Handling a message failed', error);
    }
  }

  /** RFC 6455, 5.5.3: of several pings only the last needs an answer, so a client that does not read gets one. */
  private onPing(payload: Buffer): void {
    if (this.closing !== undefined) return;
    if (this.blocked) this.pendingPong = Buffer.from(payload);
    else if (this.isWritable()) this.writePong(payload);
  }

  private writePong(payload: Buffer): void {
    this.pendingPong = undefined;
    this.writer.pong(payload);
    this.lastWriteAt = Date.now();
    if (this.writer.unsentBytes > FLUSH_BYTES) this.blocked = true;
  }

  /** A violation of RFC 6455; `ws` closes by itself. */
  private onError(error: Error): void {
    this.closing ??= { code: closeCodeOf(error), reason: '' };
    this.queue.clear();
  }

  private onClosed(code: number, reason: string): void {
    const ended = this.closing ?? { code, reason };
    this.closing = ended;
    this.queue.clear();
    this.environment.watch.unwatch(this);
    clearTimeout(this.grace);
    try {
      this.listener?.onClose(ended.code, ended.reason);
    } catch (error) {
      this.fail('Ending a session failed', error);
    }
    this.onEnd?.();
  }

  /** A fault of ours, not of the client. */
  private fail(what: string, error: unknown): void {
    this.logger.error(what, error instanceof Error ? error.stack : String(error));
    this.close(1011, '');
  }
}

/** RFC 6455, 5.5: a close frame holds 123 octets of reason. */
function fitting(reason: string): string {
  let text = reason;
  while (Buffer.byteLength(text) > 123) text = text.slice(0, -1);
  return text;
}
