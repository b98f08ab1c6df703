import { Buffer } from 'node:buffer';
import type { Duplex } from 'node:stream';
import { Logger } from '@nestjs/common';
import type { RawData } from 'ws';
import type { Handshake, StompPrincipal } from '../../message/index.js';
import type { Connection, ConnectionAcceptor, ConnectionListener } from '../connection.js';
import {
  type ConnectionEnvironment,
  type ConnectionOrigin,
  FLUSH_BYTES,
} from '../connection-environment.js';
import type { ConnectionRegistry } from '../connection-registry.js';
import { fittingReason } from '../close-reason.js';
import type { FrameBatch } from '../frame-batch.js';
import type { Flushable } from '../turn.js';
import { closeCodeOf } from './close-code.js';
import { DeflatingFrameWriter, type FrameWriter, SocketFrameWriter } from './frame-writer.js';
import { SendQueue } from '../send-queue.js';
import type { WatchedSender } from '../send-watch.js';
import { NOT_RELIABLE, type SlowClient } from '../slow-clients.js';
import type { ServerWebSocket, WebSocketListener } from './server-web-socket.js';

/** How long a client that did not read has to read our close. */
const SLOW_CLIENT_GRACE_MS = 1_000;
/** RFC 6455, 7.4.1. */
const TOO_LARGE = 1009;
const logger = new Logger('WebSocketConnection');

/** As far as a socket counts what it read. */
type CountingSocket = Duplex & { readonly bytesRead?: number };

/** A STOMP client's plain WebSocket. */
export class WebSocketConnection
  implements Connection, Flushable, WatchedSender, SlowClient, WebSocketListener
{
  readonly handshake: Handshake;
  readonly endpoint: string;
  readonly user: StompPrincipal | undefined;
  listener: ConnectionListener | undefined;
  lastWriteAt = performance.now();
  readonly queue = new SendQueue();
  isDropping = false;
  private readonly writer: FrameWriter;
  private registry: ConnectionRegistry | undefined;
  private ownAttributes: Map<string, unknown> | undefined;
  private readAt = this.lastWriteAt;
  /** What the socket had read at `readAt`. */
  private bytesRead: number | undefined;
  /** The turn in which that was noted. */
  private readIn: number | undefined;
  /** Whether this connection is on the turn's list. */
  private dirty = false;
  /** Whether the socket asked to wait for `drain`. */
  private blocked = false;
  private grace: NodeJS.Timeout | undefined;
  private pendingPong: Buffer | undefined;
  /** Why we close or closed; undefined while the connection is open for us. */
  private closing: { readonly code: number; readonly reason: string } | undefined;

  constructor(
    private readonly ws: ServerWebSocket,
    private readonly socket: CountingSocket,
    private readonly environment: ConnectionEnvironment,
    origin: ConnectionOrigin,
  ) {
    this.handshake = origin.handshake;
    this.endpoint = origin.endpoint;
    this.user = origin.user;
    this.ownAttributes = origin.attributes;
    this.bytesRead = socket.bytesRead;
    this.writer = ws.extensions ? new DeflatingFrameWriter(ws) : new SocketFrameWriter(socket);
  }

  get transport(): string {
    return 'websocket';
  }

  get supportsBinary(): boolean {
    return true;
  }

  get attributes(): Map<string, unknown> {
    return (this.ownAttributes ??= new Map());
  }

  /** Octets of a message that is not complete count from when somebody asks. */
  get lastReadAt(): number {
    if (this.socket.bytesRead !== this.bytesRead) this.noteRead();
    return this.readAt;
  }

  get isClosing(): boolean {
    return this.closing !== undefined;
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
   * @param registry told when the connection is over
   */
  open(accept: ConnectionAcceptor, registry: ConnectionRegistry): void {
    this.registry = registry;
    this.ws.listener = this;
    try {
      this.listener = accept(this);
    } catch (error) {
      this.fail('Taking over a connection failed', error);
    }
  }

  write(batch: FrameBatch): void {
    if (this.closing !== undefined) return;
    this.queue.push(batch);
    if (this.blocked) this.environment.slowClients.check(this);
    else if (this.queue.byteLength > FLUSH_BYTES) this.writeOut(performance.now());
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
    this.lastWriteAt = performance.now();
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
    this.environment.slowClients.onSendTimeout(this, elapsedMs);
  }

  closeAsSlow(): void {
    this.closing = NOT_RELIABLE;
    this.closeSocket(NOT_RELIABLE.code, NOT_RELIABLE.reason);
    this.grace = setTimeout(() => this.ws.terminate(), SLOW_CLIENT_GRACE_MS);
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
    if (!this.writer.write(batches)) this.block();
    if (this.writer.unsentBytes > 0) this.environment.watch.watch(this);
  }

  /** Nothing is handed to the socket until it has taken what it has. */
  private block(): void {
    if (this.blocked) return;
    this.blocked = true;
    this.writer.awaitDrain(() => this.onDrain());
  }

  private onDrain(): void {
    this.blocked = false;
    this.isDropping = false;
    this.writeOut(performance.now());
  }

  private noteRead(): void {
    this.readAt = performance.now();
    this.bytesRead = this.socket.bytesRead;
  }

  /** One socket is read once in a turn: of the messages that came together the first is enough. */
  private noteMessage(): void {
    const { openTurn } = this.environment.turn;
    if (openTurn !== undefined && openTurn === this.readIn) return;
    this.readIn = openTurn;
    this.noteRead();
  }

  /** RFC 6455, 7.1.4: nothing leaves behind a close frame, also not behind the answer to the client's. */
  private isWritable(): boolean {
    return this.ws.readyState === this.ws.OPEN;
  }

  private closeSocket(code: number, reason: string): void {
    this.queue.clear();
    this.environment.watch.unwatch(this);
    this.ws.resume();
    this.ws.close(code, fittingReason(reason));
  }

  onMessage(data: RawData, isBinary: boolean): void {
    this.noteMessage();
    if (this.closing !== undefined) return;
    const octets = data as Buffer;
    const { maxBinaryMessageBytes, maxTextMessageBytes } = this.environment.settings;
    const limit = isBinary ? maxBinaryMessageBytes : maxTextMessageBytes;
    if (octets.length > limit) {
      this.close(TOO_LARGE, `A ${isBinary ? 'binary' : 'text'} message may have ${limit} bytes`);
      return;
    }
    try {
      this.listener?.onData(octets);
    } catch (error) {
      this.fail('Handling a message failed', error);
    }
  }

  /** RFC 6455, 5.5.3: of several pings only the last needs an answer, so a client that does not read gets one. */
  onPing(payload: Buffer): void {
    this.noteRead();
    if (this.closing !== undefined) return;
    if (this.blocked) this.pendingPong = Buffer.from(payload);
    else if (this.isWritable()) this.writePong(payload);
  }

  private writePong(payload: Buffer): void {
    this.pendingPong = undefined;
    this.writer.pong(payload);
    this.lastWriteAt = performance.now();
    if (this.writer.unsentBytes > FLUSH_BYTES) this.block();
  }

  onPong(): void {
    this.noteRead();
  }

  /** A violation of RFC 6455; `ws` closes by itself. */
  onError(error: Error): void {
    const code = closeCodeOf(error);
    this.closing ??= { code, reason: this.reasonFor(code) };
    this.queue.clear();
  }

  reasonFor(code: number | undefined): string {
    if (code !== TOO_LARGE) return '';
    const { maxBinaryMessageBytes, maxTextMessageBytes } = this.environment.settings;
    return `A message may have ${Math.max(maxBinaryMessageBytes, maxTextMessageBytes)} bytes`;
  }

  onClosed(code: number, reason: Buffer): void {
    const ended = this.closing ?? { code, reason: reason.toString() };
    this.closing = ended;
    this.queue.clear();
    this.environment.watch.unwatch(this);
    clearTimeout(this.grace);
    try {
      this.listener?.onClose(ended.code, ended.reason);
    } catch (error) {
      this.fail('Ending a session failed', error);
    }
    this.registry?.onConnectionOver(this);
  }

  /** A fault of ours, not of the client. */
  private fail(what: string, error: unknown): void {
    logger.error(what, error instanceof Error ? error.stack : String(error));
    this.close(1011, '');
  }
}
