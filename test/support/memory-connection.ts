import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Handshake, StompPrincipal } from '../../lib/message/index.js';
import type { Connection, ConnectionListener, FrameBatch } from '../../lib/transport/index.js';
import { frameOctets, readFrames, type Headers, type ReceivedFrame } from './stomp-wire.js';

export interface MemoryConnectionOptions {
  user?: StompPrincipal;
  attributes?: Map<string, unknown>;
  supportsBinary?: boolean;
  transport?: string;
}

function memoryHandshake(): Handshake {
  return {
    url: '/ws',
    headers: {},
    query: new URLSearchParams(),
    remoteAddress: '127.0.0.1',
    secure: false,
    request: new IncomingMessage(new Socket()),
  };
}

/** A connection without a network: keeps what is written to it, and says what a client would. */
export class MemoryConnection implements Connection {
  readonly handshake = memoryHandshake();
  readonly endpoint = '/ws';
  readonly transport: string;
  readonly user: StompPrincipal | undefined;
  readonly attributes: Map<string, unknown>;
  readonly supportsBinary: boolean;
  readonly protocol = 'v12.stomp';
  bufferedBytes = 0;
  lastReadAt = performance.now();
  lastWriteAt = performance.now();
  readonly batches: FrameBatch[] = [];
  isPaused = false;
  pings = 0;
  transportHeartbeats = true;
  closed: { code: number; reason: string } | undefined;
  listener!: ConnectionListener;

  constructor(options: MemoryConnectionOptions = {}) {
    this.transport = options.transport ?? 'websocket';
    this.user = options.user;
    this.attributes = options.attributes ?? new Map();
    this.supportsBinary = options.supportsBinary ?? true;
  }

  /** What was written, frame by frame; heart-beats are left out. */
  get frames(): ReceivedFrame[] {
    return this.batches.flatMap((batch) =>
      batch.frames.flatMap(({ octets, binary }) => readFrames(octets, binary).frames),
    );
  }

  get heartbeats(): number {
    const octets = this.batches.flatMap((batch) => batch.frames.map((frame) => frame.octets));
    return octets.filter((one) => one.toString() === '\n').length;
  }

  /** The frames of a command in the order in which they were written. */
  framesOf(command: string): ReceivedFrame[] {
    return this.frames.filter((frame) => frame.command === command);
  }

  send(command: string, headers: Headers = {}, body: string | Buffer = ''): void {
    this.sendOctets(frameOctets(command, headers, body));
  }

  sendOctets(octets: Buffer | string): void {
    this.lastReadAt = performance.now();
    this.listener.onData(Buffer.from(octets));
  }

  /** The client goes. */
  leave(code = 1006, reason = ''): void {
    if (this.closed) return;
    this.closed = { code, reason };
    this.listener.onClose(code, reason);
  }

  write(batch: FrameBatch): void {
    if (this.closed) return;
    this.lastWriteAt = performance.now();
    this.batches.push(batch);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  ping(): void {
    this.pings++;
  }

  stopTransportHeartbeats(): void {
    this.transportHeartbeats = false;
  }

  close(code: number, reason: string): void {
    if (this.closed) return;
    this.closed = { code, reason };
    // As with a real one, the listener hears of it later.
    queueMicrotask(() => this.listener.onClose(code, reason));
  }

  terminate(): void {
    this.close(1006, '');
  }
}
