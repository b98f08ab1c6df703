/**
 * At most so many tasks in one turn of the event loop, the others in the turns after it, in order: whoever has only a message to be
 * handled waits for a few of them, not for all.
 */
export class FairTurns {
  private begun = 0;
  private waiting: (() => void)[] = [];
  private scheduled = false;

  constructor(private readonly perTurn: number) {}

  /** Tasks that wait for their turn. */
  get size(): number {
    return this.waiting.length;
  }

  /** Whether one more task may begin in this turn; it counts as begun then. */
  begin(): boolean {
    if (this.begun >= this.perTurn || this.waiting.length > 0) return false;
    // The end of a turn costs a pass of the event loop, so it is asked for only by as many as a turn may have.
    if (++this.begun === this.perTurn) this.schedule();
    return true;
  }

  /** Calls a task in a later turn. */
  later(task: () => void): void {
    this.waiting.push(task);
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.nextTurn());
  }

  private nextTurn(): void {
    this.scheduled = false;
    this.begun = 0;
    if (this.waiting.length === 0) return;
    const tasks = this.waiting.slice(0, this.perTurn);
    this.waiting = this.waiting.slice(this.perTurn);
    this.begun = tasks.length;
    this.schedule();
    for (const task of tasks) task();
  }
}
