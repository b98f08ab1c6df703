/**
 * How fast the frames of one session may come: so many a second, after a burst.
 *
 * @publicApi
 */
export interface MessageRate {
  /** Frames of one session in a second, heart-beats left out. */
  perSecond: number;
  /** Frames that may come at once. @default perSecond */
  burst?: number;
}

/**
 * What one session may still send. Frames that came with the last octets read are taken all the same: they are owed, and
 * the pause is the longer.
 */
export class MessageAllowance {
  private readonly perMs: number;
  private readonly burst: number;
  private tokens: number;
  private filledAt = performance.now();

  constructor({ perSecond, burst = perSecond }: MessageRate) {
    this.perMs = perSecond / 1000;
    this.burst = burst;
    this.tokens = burst;
  }

  /** Counts a frame. Returns for how many milliseconds nothing more may be read. */
  take(): number {
    const now = performance.now();
    const filled = this.tokens + (now - this.filledAt) * this.perMs;
    this.tokens = Math.min(this.burst, filled) - 1;
    this.filledAt = now;
    return this.tokens >= 0 ? 0 : Math.ceil(-this.tokens / this.perMs);
  }
}
