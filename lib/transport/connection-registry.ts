import { setTimeout as delay } from 'node:timers/promises';
import type { Place } from './admission/admission.js';
import type { Connection } from './connection.js';
import type { TransportStats } from './transport-stats.js';

/**
 * How all connections are closed.
 *
 * @publicApi
 */
export interface CloseOptions {
  /** WebSocket close code. @default 1001 */
  code?: number;
  /** @default '' */
  reason?: string;
  /** Milliseconds after which connections that are still open are cut. @default 1000 */
  deadlineMs?: number;
  /** Connections that are closed at once. @default 100 */
  batchSize?: number;
  /** Milliseconds over which the batches are spread, so that clients do not all come back together. @default 0 */
  windowMs?: number;
}

/** The connections that are open. */
export class ConnectionRegistry {
  private readonly connections = new Map<Connection, Place>();
  private onEmpty: (() => void)[] = [];

  constructor(private readonly stats: TransportStats) {}

  get size(): number {
    return this.connections.size;
  }

  /** Remembers an open connection, and its place. */
  add(connection: Connection, place: Place): void {
    this.connections.set(connection, place);
    this.stats.countOpened(connection.transport);
  }

  /** Forgets a connection that is over, and gives its place back. */
  onConnectionOver(connection: Connection): void {
    const place = this.connections.get(connection);
    if (place === undefined) return;
    this.connections.delete(connection);
    this.stats.countClosed(connection.transport);
    place.leave();
    if (this.connections.size === 0) for (const empty of this.onEmpty.splice(0)) empty();
  }

  /** Closes all in batches, and cuts those that are left at the deadline. Settles when none is open. */
  async closeAll(options: CloseOptions): Promise<void> {
    const { code = 1001, reason = '', deadlineMs = 1_000, batchSize = 100, windowMs = 0 } = options;
    const deadline = performance.now() + deadlineMs;
    const all = [...this.connections.keys()];
    const pauseMs = windowMs / Math.max(1, Math.ceil(all.length / batchSize) - 1);
    for (let start = 0; start < all.length && performance.now() < deadline; start += batchSize) {
      if (start > 0) await this.emptyWithin(Math.min(pauseMs, deadline - performance.now()));
      for (const connection of all.slice(start, start + batchSize)) connection.close(code, reason);
    }
    await this.emptyWithin(deadline - performance.now());
    for (const connection of [...this.connections.keys()]) connection.terminate();
    await this.emptyWithin(Number.POSITIVE_INFINITY);
  }

  /** Waits until no connection is open, but not longer than this. */
  private async emptyWithin(ms: number): Promise<void> {
    if (this.connections.size === 0) return;
    const empty = new Promise<void>((resolve) => this.onEmpty.push(resolve));
    if (ms === Number.POSITIVE_INFINITY) return empty;
    const timeout = new AbortController();
    const elapsed = delay(Math.max(0, ms), undefined, { signal: timeout.signal }).catch(
      () => undefined,
    );
    await Promise.race([empty, elapsed]);
    timeout.abort();
  }
}
