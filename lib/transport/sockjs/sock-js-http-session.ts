import { Buffer } from 'node:buffer';
import { Logger } from '@nestjs/common';
import type { Handshake, StompPrincipal } from '../../message/index.js';
import type { Connection, ConnectionAcceptor, ConnectionListener } from '../connection.js';
import {
  type ConnectionEnvironment,
  type ConnectionOrigin,
  FLUSH_BYTES,
} from '../connection-environment.js';
import type { FrameBatch } from '../frame-batch.js';
import { SendQueue } from '../send-queue.js';
import { NOT_RELIABLE, type SlowClient } from '../slow-clients.js';
import type { Flushable } from '../turn.js';
import type { HttpReceiver, ReceiverListener } from './http-receiver.js';
import {
  closeFrame,
  HEARTBEAT_FRAME,
  messageFrame,
  OPEN_FRAME,
  OTHER_CONNECTION_OPEN_FRAME,
  textsOf,
} from './sock-js-frames.js';
import type { SockJsSettings } from './sock-js-options.js';

/** Requests with messages that may wait while the session reads nothing. */
const MAX_WAITING_SENDS = 10;

/** What ends with a session: the connection first, then what later requests of its client are answered from. */
export interface SessionEnd {
  /** The connection is over. */
  onEnd(): void;
  /** Nothing of the session is left. */
  onForget(): void;
}

/** A connection over HTTP: one request at a time receives, others send. */
export class SockJsHttpSession implements Connection, Flushable, ReceiverListener, SlowClient {
  readonly handshake: Handshake;
  readonly endpoint: string;
  readonly user: StompPrincipal | undefined;
  readonly supportsBinary = false;
  readonly protocol = '';
  lastReadAt = performance.now();
  lastWriteAt = this.lastReadAt;
  private readonly logger = new Logger(SockJsHttpSession.name);
  readonly queue = new SendQueue();
  listener: ConnectionListener | undefined;
  isDropping = false;
  private receiver: HttpReceiver | undefined;
  private closing: { readonly code: number; readonly reason: string } | undefined;
  /** Ends the session while nothing receives, sends a heart-beat while something does. */
  private timer: NodeJS.Timeout | undefined;
  private heartbeats = true;
  private dirty = false;
  private forgotten = false;
  private ownAttributes: Map<string, unknown> | undefined;
  private paused = false;
  private waitingSends: (() => void)[] = [];

  constructor(
    readonly transport: string,
    private readonly environment: ConnectionEnvironment,
    private readonly sockJs: SockJsSettings,
    origin: ConnectionOrigin,
    private readonly end: SessionEnd,
  ) {
    this.handshake = origin.handshake;
    this.endpoint = origin.endpoint;
    this.user = origin.user;
    this.ownAttributes = origin.attributes;
  }

  get attributes(): Map<string, unknown> {
    return (this.ownAttributes ??= new Map());
  }

  get isClosing(): boolean {
    return this.closing !== undefined;
  }

  get bufferedBytes(): number {
    return this.queue.byteLength + (this.receiver?.unsentBytes ?? 0);
  }

  /** Sends the open frame to the first request, and hands the connection over. */
  open(receiver: HttpReceiver, accept: ConnectionAcceptor): void {
    this.attach(receiver);
    receiver.send(OPEN_FRAME);
    try {
      this.listener = accept(this);
    } catch (error) {
      this.fail('Taking over a connection failed', error);
    }
  }

  /** Gives what waits to a request that receives. */
  receive(receiver: HttpReceiver): void {
    this.lastReadAt = performance.now();
    if (this.receiver !== undefined) {
      receiver.send(OTHER_CONNECTION_OPEN_FRAME);
      receiver.end();
      return;
    }
    this.attach(receiver);
    if (this.closing === undefined) this.flush();
    else this.finish(this.closing);
  }

  /** Hands messages of the client over, in order. False when too many requests wait already. */
  async send(messages: readonly string[]): Promise<boolean> {
    this.lastReadAt = performance.now();
    if (this.paused && this.waitingSends.length >= MAX_WAITING_SENDS) return false;
    while (this.paused) await new Promise<void>((resolve) => this.waitingSends.push(resolve));
    for (const message of messages) this.onMessage(message);
    return true;
  }

  write(batch: FrameBatch): void {
    if (this.closing !== undefined) return;
    const binaryFrames = batch.frameCount - textsOf(batch).length;
    this.environment.stats.binaryFramesDropped += binaryFrames;
    if (binaryFrames === batch.frameCount) return;
    this.queue.push(batch);
    if (this.receiver === undefined || this.receiver.isBlocked)
      this.environment.slowClients.check(this, this.sockJs.httpMessageCacheSize);
    else if (this.queue.byteLength > FLUSH_BYTES) this.flush();
    else this.markDirty();
  }

  /** Gives what waits to the request that receives, when there is one. */
  flush(): void {
    this.dirty = false;
    const { receiver } = this;
    if (receiver === undefined || receiver.isBlocked || this.queue.isEmpty) return;
    this.lastWriteAt = performance.now();
    receiver.send(messageFrame(this.queue.takeAll().flatMap(textsOf)));
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    for (const proceed of this.waitingSends.splice(0)) proceed();
  }

  /** A client answers no heart-beat frame; that its response takes one is all that can be known. */
  ping(): void {
    if (this.receiver === undefined || this.receiver.isBlocked || this.closing !== undefined)
      return;
    if (this.receiver.unsentBytes === 0) this.lastReadAt = performance.now();
    this.receiver.send(HEARTBEAT_FRAME);
    this.lastWriteAt = performance.now();
  }

  stopTransportHeartbeats(): void {
    this.heartbeats = false;
    if (this.receiver !== undefined) clearTimeout(this.timer);
  }

  close(code: number, reason: string): void {
    if (this.closing !== undefined) return;
    this.closing = { code, reason };
    this.resume();
    if (this.receiver === undefined) this.forgetLater();
    else this.finish(this.closing);
    setImmediate(() => this.onEnded());
  }

  terminate(): void {
    this.closing ??= { code: 1006, reason: '' };
    this.receiver?.destroy();
    this.forget();
  }

  onDrain(): void {
    this.isDropping = false;
    this.flush();
  }

  onGone(aborted: boolean): void {
    this.receiver = undefined;
    this.isDropping = false;
    if (!aborted) return this.forgetLater();
    // SockJS 0.3.3, HandlingClose: messages may have been lost, so the session is over.
    this.closing ??= { code: 1006, reason: '' };
    this.forget();
  }

  onSendTimeout(elapsedMs: number): void {
    this.environment.slowClients.onSendTimeout(this, elapsedMs);
  }

  closeAsSlow(): void {
    this.queue.clear();
    this.close(NOT_RELIABLE.code, NOT_RELIABLE.reason);
  }

  private attach(receiver: HttpReceiver): void {
    clearTimeout(this.timer);
    this.receiver = receiver;
    receiver.listener = this;
    if (this.heartbeats) this.timer = setTimeout(() => this.beat(), this.sockJs.heartbeatTime);
  }

  /** Sends a heart-beat frame when nothing was sent for the time, and looks again later. */
  private beat(): void {
    const dueMs = Math.ceil(this.lastWriteAt + this.sockJs.heartbeatTime - performance.now());
    this.timer = setTimeout(() => this.beat(), dueMs > 0 ? dueMs : this.sockJs.heartbeatTime);
    if (dueMs > 0 || this.receiver === undefined || this.receiver.isBlocked) return;
    this.lastWriteAt = performance.now();
    this.receiver.send(HEARTBEAT_FRAME);
  }

  private markDirty(): void {
    if (this.dirty) return;
    this.dirty = true;
    this.environment.turn.addConnection(this);
  }

  /** Sends what waits, then the close frame; what the request does not take stays for the next one. */
  private finish({ code, reason }: { code: number; reason: string }): void {
    if (!this.queue.isEmpty)
      this.receiver!.send(messageFrame(this.queue.takeAll().flatMap(textsOf)));
    this.receiver?.send(closeFrame(code, reason));
    this.receiver?.end();
  }

  private onMessage(message: string): void {
    if (this.closing !== undefined) return;
    try {
      this.listener?.onData(Buffer.from(message));
    } catch (error) {
      this.fail('Handling a message failed', error);
    }
  }

  private fail(what: string, error: unknown): void {
    this.logger.error(what, error instanceof Error ? error.stack : String(error));
    this.close(1011, '');
  }

  /** Waits for the next request of the client, and ends the session when none comes. */
  private forgetLater(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.forget(), this.sockJs.disconnectDelay);
    // What a closed session keeps for its client holds up no shutdown.
    if (this.closing !== undefined) this.timer.unref();
  }

  private forget(): void {
    if (this.forgotten) return;
    this.forgotten = true;
    clearTimeout(this.timer);
    this.closing ??= { code: 1006, reason: '' };
    this.queue.clear();
    this.resume();
    this.end.onForget();
    this.onEnded();
  }

  private onEnded(): void {
    const { listener } = this;
    const { code, reason } = this.closing!;
    this.listener = undefined;
    try {
      listener?.onClose(code, reason);
    } catch (error) {
      this.fail('Ending a session failed', error);
    }
    this.end.onEnd();
  }
}
