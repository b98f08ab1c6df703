import type { Connection } from '../transport/index.js';
import type { SessionTiming } from './session-timing.js';

/** Why a session does not read; several may hold together. */
export enum Unread {
  /** Too many of its frames are in work. */
  Work = 1,
  /** Its frames came faster than they may. */
  Rate = 2,
  /** The server goes. */
  Drain = 4,
}

/** Whether the connection of a session is read: as long as no reason speaks against it. */
export class Reading {
  private reasons = 0;

  constructor(
    private readonly connection: Connection,
    private readonly timing: SessionTiming,
  ) {}

  pause(reason: Unread): void {
    const isFirst = this.reasons === 0;
    this.reasons |= reason;
    if (!isFirst) return;
    this.timing.rest();
    this.connection.pause();
  }

  resume(reason: Unread): void {
    if (this.reasons === 0) return;
    this.reasons &= ~reason;
    if (this.reasons !== 0) return;
    this.timing.resume();
    this.connection.resume();
  }
}
