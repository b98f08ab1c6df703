/** A connection whose socket holds octets that the client has not taken. */
export interface WatchedSender {
  readonly unsentBytes: number;
  /** Changes when the client took something. */
  readonly progress: number;
  /** Called when nothing moved for longer than the limit. */
  onSendTimeout(elapsedMs: number): void;
}

interface Stall {
  elapsedMs: number;
  progress: number;
}

/** Finds clients that stopped reading: one timer for all connections, running only while some socket holds octets. */
export class SendWatch {
  private readonly stalls = new Map<WatchedSender, Stall>();
  private readonly periodMs: number;
  private timer: NodeJS.Timeout | undefined;
  private checkedAt = 0;

  /** @param sendTimeLimit milliseconds; 0 for no limit */
  constructor(private readonly sendTimeLimit: number) {
    this.periodMs = Math.min(1000, Math.max(10, sendTimeLimit / 8));
  }

  /** Watches a sender until its socket is empty; it may be watched already. */
  watch(sender: WatchedSender): void {
    if (this.sendTimeLimit <= 0 || this.stalls.has(sender)) return;
    this.stalls.set(sender, { elapsedMs: 0, progress: sender.progress });
    if (this.timer !== undefined) return;
    this.checkedAt = performance.now();
    this.timer = setInterval(() => this.check(performance.now()), this.periodMs);
  }

  unwatch(sender: WatchedSender): void {
    this.stalls.delete(sender);
    if (this.stalls.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private check(now: number): void {
    // While this process stood still, no client could show that it reads.
    const elapsedMs = Math.min(now - this.checkedAt, 2 * this.periodMs);
    this.checkedAt = now;
    for (const [sender, stall] of this.stalls) {
      if (sender.unsentBytes === 0) this.unwatch(sender);
      else if (sender.progress !== stall.progress) {
        stall.elapsedMs = 0;
        stall.progress = sender.progress;
      } else {
        stall.elapsedMs += elapsedMs;
        if (stall.elapsedMs > this.sendTimeLimit) this.giveUp(sender, stall.elapsedMs);
      }
    }
  }

  private giveUp(sender: WatchedSender, elapsedMs: number): void {
    this.unwatch(sender);
    sender.onSendTimeout(elapsedMs);
  }
}
