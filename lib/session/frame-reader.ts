import {
  StompDecoder,
  type FrameSink,
  type StompFrame,
  type StompVersion,
} from '../frame/index.js';
import type { Message } from '../message/index.js';
import type { FrameLimits } from './frame-limits.js';
import { incomingMessage } from './incoming-message.js';
import type { LiveSessionContext } from './live-session-context.js';
import type { SessionStatistics } from './session-statistics.js';

/** Told what the octets of a client were. */
export interface FrameListener {
  onMessage(message: Message<Buffer>): void;
  onHeartbeat(): void;
  /** They were no frame; nothing more is read until `resume`. */
  onBroken(error: Error): void;
}

/** Makes messages of the octets of one client. */
export class FrameReader implements FrameSink {
  private decoder: StompDecoder;
  private reads = true;
  private version: StompVersion = '1.2';
  private isConnected = false;

  constructor(
    private readonly limits: FrameLimits,
    private readonly context: LiveSessionContext,
    private readonly statistics: SessionStatistics,
    private readonly listener: FrameListener,
  ) {
    this.decoder = this.newDecoder();
  }

  read(octets: Buffer): void {
    this.statistics.bytesIn += octets.length;
    if (!this.reads) return;
    try {
      this.decoder.feed(octets);
    } catch (error) {
      this.stop();
      this.listener.onBroken(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Frames that follow are of this version. */
  setVersion(version: StompVersion): void {
    this.version = this.decoder.version = version;
  }

  /** Frames that follow may be as large as those of a connected client. */
  setConnected(): void {
    this.isConnected = true;
    this.decoder.setLimits(this.limits.connected);
  }

  /** What comes from now on is not looked at. */
  stop(): void {
    this.reads = false;
    this.decoder.close();
  }

  /** Begins anew behind octets that were no frame. */
  resume(): void {
    this.reads = true;
    this.decoder = this.newDecoder();
  }

  onFrame(frame: StompFrame): void {
    if (!this.reads) return;
    this.statistics.framesIn[frame.command]++;
    this.listener.onMessage(incomingMessage(frame, this.context));
  }

  onHeartbeat(): void {
    if (!this.reads) return;
    this.statistics.heartbeatsIn++;
    this.listener.onHeartbeat();
  }

  private newDecoder(): StompDecoder {
    const { connected, connecting } = this.limits;
    const decoder = new StompDecoder(this.isConnected ? connected : connecting, this);
    decoder.version = this.version;
    return decoder;
  }
}
