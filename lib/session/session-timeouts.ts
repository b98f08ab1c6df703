import type { Connection } from '../transport/index.js';
import { EXPIRED } from './connect-phase.js';
import { CloseCode } from './frame-refused.exception.js';
import type { SessionAnnouncements } from './session-announcements.js';
import type { SessionHost } from './session-host.js';
import type { TimingListener } from './session-timing.js';
import type { SessionWriter } from './session-writer.js';

/** The session whose time has come. */
export interface TimedSession {
  readonly connection: Connection;
  readonly writer: SessionWriter;
  readonly announcements: SessionAnnouncements;
  close(code: number, reason: string, error?: string): void;
  finishGoodbye(): void;
  readAgain(): void;
}

/** What a session does when one of its times has come: mostly, it ends with an ERROR that says why. */
export class SessionTimeouts implements TimingListener {
  constructor(
    private readonly session: TimedSession,
    private readonly host: SessionHost,
  ) {}

  onConnectOverdue(): void {
    this.host.statistics.connectTimeouts++;
    const limit = this.host.options.timeToFirstMessage;
    this.session.close(CloseCode.TOO_SLOW, '', `No CONNECT was completed within ${limit} ms`);
  }

  onHeartbeatDue(): void {
    this.session.writer.heartbeat();
  }

  onReadTimeout(limitMs: number): void {
    this.host.statistics.readTimeouts++;
    const text = `Session closed: nothing came for ${limitMs} ms, not even a heart-beat`;
    this.session.close(CloseCode.PROTOCOL, '', text);
  }

  onHalfOpen(): void {
    this.host.statistics.readTimeouts++;
    this.session.connection.terminate();
  }

  onExpiring(expiresAt: number): void {
    this.session.announcements.expiring(expiresAt);
  }

  onExpired(): void {
    this.host.statistics.expired++;
    this.session.close(CloseCode.EXPIRED, EXPIRED, EXPIRED);
  }

  onReadAgain(): void {
    this.session.readAgain();
  }

  onGraceOver(): void {
    this.session.finishGoodbye();
  }
}
