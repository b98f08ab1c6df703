import {
  StompDecoder,
  type DecoderLimits,
  type FrameSink,
  type StompFrame,
  type StompVersion,
} from '../frame/index.js';
import type { Message } from '../message/index.js';
import { incomingMessage } from './incoming-message.js';
import type { LiveSessionContext } from './live-session-context.js';
import type { ResolvedSessionOptions } from './session-options.js';
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
    private readonly options: ResolvedSessionOptions,
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
    this.decoder.setLimits(this.limits());
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
    const decoder = new StompDecoder(this.limits(), this);
    decoder.version = this.version;
    return decoder;
  }

  private limits(): DecoderLimits {
    const { messageSizeLimit, connectSizeLimitBytes, maxHeaders, headerLineLimitBytes } =
      this.options;
    const maxFrameBytes = this.isConnected
      ? messageSizeLimit
      : Math.min(connectSizeLimitBytes, messageSizeLimit);
    return { maxFrameBytes, maxHeaders, maxHeaderLineBytes: headerLineLimitBytes };
  }
}
