/** Something that has frames to hand out at the end of a turn. */
export interface Flushable {
  flush(): void;
}

/**
 * Gathers writes: everything that was written in one turn of the event loop leaves at its end, one system call for each
 * connection. First the sources (a fan-out that hands its frames to connections), then the connections.
 */
export class Turn {
  private sources: Flushable[] = [];
  private connections: Flushable[] = [];
  private scheduled = false;

  /** @param flushDelayMs waits this long instead of for the end of the turn. @default 0 */
  constructor(private readonly flushDelayMs = 0) {}

  /** Calls `source.flush()` at the end of this turn, before any connection is flushed. */
  addSource(source: Flushable): void {
    this.sources.push(source);
    this.schedule();
  }

  /** Calls `connection.flush()` at the end of this turn. */
  addConnection(connection: Flushable): void {
    this.connections.push(connection);
    this.schedule();
  }

  /** Flushes now. */
  flush(): void {
    this.scheduled = false;
    const { sources, connections: before } = this;
    this.sources = [];
    for (const source of sources) source.flush();
    const connections = this.connections === before ? before : this.connections;
    this.connections = [];
    for (const connection of connections) connection.flush();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    if (this.flushDelayMs > 0) setTimeout(() => this.flush(), this.flushDelayMs);
    else setImmediate(() => this.flush());
  }
}
