import { Logger } from '@nestjs/common';
import type { Handshake } from '../message/index.js';
import type { ConnectionListener } from './connection.js';
import type { SendQueue } from './send-queue.js';
import type { TransportSettings } from './transport-options.js';
import type { TransportStats } from './transport-stats.js';

/** Spring: CloseStatus.SESSION_NOT_RELIABLE */
export const NOT_RELIABLE = {
  code: 4500,
  reason: 'Failed to send message within the configured send limit',
} as const;

/** A connection whose client may read more slowly than it is sent to. */
export interface SlowClient {
  readonly endpoint: string;
  readonly handshake: Handshake;
  readonly queue: SendQueue;
  readonly bufferedBytes: number;
  readonly listener: ConnectionListener | undefined;
  readonly isClosing: boolean;
  /** Whether something was left out since the client last kept up. */
  isDropping: boolean;
  /** Closes with `NOT_RELIABLE`; what waits is not sent any more. */
  closeAsSlow(): void;
}

/** What becomes of clients that do not keep up, whatever their transport: the option `slowClientPolicy`. */
export class SlowClients {
  private readonly logger = new Logger('SlowClients');

  constructor(
    private readonly settings: TransportSettings,
    private readonly stats: TransportStats,
  ) {}

  /**
   * To be called when more waits for a client that takes nothing: drops or gives up above `sendBufferSizeLimit`.
   *
   * @param maxFrames frames that may wait
   */
  check(client: SlowClient, maxFrames = Infinity): void {
    const { queue } = client;
    const { sendBufferSizeLimit, slowClientPolicy } = this.settings;
    const isFull = (): boolean =>
      queue.byteLength > sendBufferSizeLimit || queue.frameCount > maxFrames;
    if (!isFull()) return;
    if (slowClientPolicy === 'drop-oldest') this.reportDropped(client, queue.dropWhile(isFull));
    const { frameCount, byteLength } = queue;
    if (isFull())
      this.giveUp(client, `${frameCount} frames, ${byteLength} bytes exceed the allowed limit`);
  }

  /** To be called when a client took nothing for so long. */
  onSendTimeout(client: SlowClient, elapsedMs: number): void {
    const { sendTimeLimit } = this.settings;
    this.giveUp(client, `Send time ${elapsedMs} (ms) exceeded the allowed limit ${sendTimeLimit}`);
  }

  /** Once for each time that the client falls behind. */
  private reportDropped(client: SlowClient, frames: number): void {
    this.stats.framesDropped += frames;
    if (client.isDropping || frames === 0) return;
    client.isDropping = true;
    client.listener?.onSlow('drop-oldest', client.bufferedBytes);
  }

  private giveUp(client: SlowClient, why: string): void {
    if (client.isClosing) return;
    const { bufferedBytes, endpoint, handshake } = client;
    this.stats.slowTerminated++;
    this.logger.warn(`${why}; closing ${endpoint} of ${handshake.remoteAddress}`);
    client.closeAsSlow();
    client.listener?.onSlow('terminate', bufferedBytes);
  }
}
