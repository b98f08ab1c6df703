/** A connection whose socket holds octets that the client has not taken. */
export interface WatchedSender {
  readonly unsentBytes: number;
  /** Changes when the client took something. */
  readonly progress: number;
  /** Called when nothing moved for longer than the limit. */
  onSendTimeout(elapsedMs: number): void;
}

interface Stall {
  since: number;
  progress: number;
}

/** Finds clients that stopped reading: one timer for all connections, running only while some socket holds octets. */
export class SendWatch {
  private readonly stalls = new Map<WatchedSender, Stall>();
  private timer: NodeJS.Timeout | undefined;

  /** @param sendTimeLimit milliseconds; 0 for no limit */
  constructor(private readonly sendTimeLimit: number) {}

  /** Watches a sender until its socket is empty; it may be watched already. */
  watch(sender: WatchedSender): void {
    if (this.sendTimeLimit <= 0 || this.stalls.has(sender)) return;
    this.stalls.set(sender, { since: Date.now(), progress: sender.progress });
    const period = Math.min(1000, Math.max(10, this.sendTimeLimit / 8));
    this.timer ??= setInterval(() => this.check(Date.now()), period);
  }

  unwatch(sender: WatchedSender): void {
    this.stalls.delete(sender);
    if (this.stalls.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private check(now: number): void {
    for (const [sender, stall] of this.stalls) {
      if (sender.unsentBytes === 0) this.unwatch(sender);
      else if (sender.progress !== stall.progress) {
        stall.since = now;
        stall.progress = sender.progress;
      } else if (now - stall.since > this.sendTimeLimit) {
        this.unwatch(sender);
        sender.onSendTimeout(now - stall.since);
      }
    }
  }
}
