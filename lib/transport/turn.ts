import { Logger } from '@nestjs/common';

/** Something that has frames to hand out at the end of a turn. */
export interface Flushable {
  flush(): void;
}

/**
 * Gathers writes: everything that was written in one turn of the event loop leaves at its end, one system call for each
 * connection. First the sources (a fan-out that hands its frames to connections), then the connections. What one of them
 * throws is logged and does not keep the others from being flushed.
 */
export class Turn {
  /** When the last flush began, `performance.now()`: one clock reading for all that it flushes. */
  flushedAt = 0;
  private count = 0;
  private readonly logger = new Logger(Turn.name);
  private sources: Flushable[] = [];
  private connections: Flushable[] = [];
  private scheduled = false;

  /** @param flushDelayMs waits this long instead of for the end of the turn. @default 0 */
  constructor(private readonly flushDelayMs = 0) {}

  /** A number for the turn in which something waits to be flushed; undefined when nothing does. */
  get openTurn(): number | undefined {
    return this.scheduled ? this.count : undefined;
  }

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
    this.count++;
    this.flushedAt = performance.now();
    const sources = this.sources;
    this.sources = [];
    this.flushAll(sources);
    const connections = this.connections;
    this.connections = [];
    this.flushAll(connections);
  }

  private flushAll(all: readonly Flushable[]): void {
    for (const one of all) {
      try {
        one.flush();
      } catch (error) {
        this.logger.error('Flushing failed', error instanceof Error ? error.stack : String(error));
      }
    }
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    if (this.flushDelayMs > 0) setTimeout(() => this.flush(), this.flushDelayMs);
    else setImmediate(() => this.flush());
  }
}
