const beating = new Set<ClientBeat>();

/** The heart-beats of a test client: by real time, and by that of test clocks. */
export class ClientBeat {
  private lastAt = performance.now();
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly everyMs: number,
    private readonly send: () => void,
  ) {
    this.timer = setInterval(() => this.beat(), everyMs).unref();
    beating.add(this);
  }

  /** Sends what is due by `performance.now()`, of all clients. @returns whether anything was */
  static sendDue(): boolean {
    const now = performance.now();
    const due = Array.from(beating).filter(({ lastAt, everyMs }) => now - lastAt >= everyMs);
    for (const one of due) one.beat();
    return due.length > 0;
  }

  stop(): void {
    clearInterval(this.timer);
    beating.delete(this);
  }

  private beat(): void {
    this.lastAt = performance.now();
    this.send();
  }
}
