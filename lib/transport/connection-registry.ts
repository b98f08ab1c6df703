import { setTimeout as delay } from 'node:timers/promises';
import type { Place } from './admission/admission.js';
import type { Connection } from './connection.js';
import type { TransportStats } from './transport-stats.js';

/**
 * How all connections of a SockJS service are closed.
 *
 * @publicApi
 */
export interface CloseOptions {
  /** WebSocket close code. @default 1001 */
  code?: number;
  /** Milliseconds after which connections that are still open are cut. @default 1000 */
  deadlineMs?: number;
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

  /** Closes all, and cuts those that are left at the deadline. Settles when none is open. */
  async closeAll({ code = 1001, deadlineMs = 1_000 }: CloseOptions): Promise<void> {
    for (const connection of [...this.connections.keys()]) connection.close(code, '');
    await this.emptyWithin(deadlineMs);
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
