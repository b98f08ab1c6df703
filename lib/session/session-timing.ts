import { negotiateHeartbeat, type Heartbeat } from '../frame/index.js';
import type { Connection } from '../transport/index.js';
import { Deadline, type Deadlines } from './deadlines.js';

/** What a session does when one of its times has come. */
export interface TimingListener {
  onConnectOverdue(): void;
  onHeartbeatDue(): void;
  /** No octet came for longer than the client promised, with the margin. */
  onReadTimeout(limitMs: number): void;
  /** A client that promised no heart-beats did not even answer the transport's ping. */
  onHalfOpen(): void;
  onExpiring(expiresAt: number): void;
  onExpired(): void;
  onGraceOver(): void;
  /** The time that was given to `readAgain` has come. */
  onReadAgain(): void;
}

/** What both sides agreed on, in milliseconds; 0 is never. */
export interface HeartbeatTimes {
  readonly sendEveryMs: number;
  readonly readLimitMs: number;
}

// The receiver takes a margin (STOMP 1.2, Heart-beating); three times the agreed interval, as in Spring.
const READ_MARGIN = 3;
// A slot of Deadlines: heart-beats leave that much earlier, so that they are never late.
const EARLY_MS = 100;

/** What comes of both sides' `heart-beat`. */
export function heartbeatTimes(client: Heartbeat, server: Heartbeat): HeartbeatTimes {
  const { serverSends, clientSends } = negotiateHeartbeat(client, server);
  return { sendEveryMs: serverSends, readLimitMs: READ_MARGIN * clientSends };
}

/** Times that few sessions have. */
class RareTimes {
  /** Milliseconds since 1970. */
  expiresAt = Infinity;
  /** Milliseconds since 1970. */
  warnAt = Infinity;
  graceEnd = Infinity;
  readAgainAt = Infinity;
}

const NONE: Readonly<RareTimes> = new RareTimes();

/**
 * All times of one session as one deadline: heart-beats both ways, CONNECT, expiry, pings. They go by `performance.now()`,
 * so that nobody is taken for silent when the system's clock is set; only credentials end by that one.
 */
export class SessionTiming extends Deadline {
  private connectBy = Infinity;
  private beatEveryMs = 0;
  private nextBeat = Infinity;
  private readLimitMs = 0;
  private pingEveryMs = 0;
  private nextPing = Infinity;
  private pingedAt = 0;
  private rare = NONE;
  private resting = false;
  private restedUntil = 0;

  constructor(
    private readonly deadlines: Deadlines,
    private readonly connection: Connection,
    private readonly listener: TimingListener,
  ) {
    super();
  }

  awaitConnect(limitMs: number): void {
    if (limitMs > 0) this.connectBy = performance.now() + limitMs;
    this.reschedule();
  }

  connected({ sendEveryMs, readLimitMs }: HeartbeatTimes, pingEveryMs: number): void {
    const now = performance.now();
    this.connectBy = Infinity;
    this.beatEveryMs = sendEveryMs;
    this.nextBeat = sendEveryMs === 0 ? Infinity : now + this.untilNextBeat();
    this.readLimitMs = readLimitMs;
    this.pingEveryMs = readLimitMs === 0 ? pingEveryMs : 0;
    this.nextPing = this.pingEveryMs === 0 ? Infinity : now + this.pingEveryMs;
    this.reschedule();
  }

  /** @param expiresAt milliseconds since 1970; undefined is never */
  expire(expiresAt: number | undefined, warningMs: number): void {
    if (expiresAt === undefined && this.rare.expiresAt === Infinity) return;
    const rare = this.rareToChange();
    rare.expiresAt = expiresAt ?? Infinity;
    rare.warnAt = expiresAt === undefined || warningMs === 0 ? Infinity : expiresAt - warningMs;
    this.reschedule();
  }

  /** Calls `onGraceOver` after this time, unless the session has ended by then. */
  grace(limitMs: number): void {
    this.rareToChange().graceEnd = performance.now() + limitMs;
    this.reschedule();
  }

  /** Calls `onReadAgain` after this time. */
  readAgain(afterMs: number): void {
    this.rareToChange().readAgainAt = performance.now() + afterMs;
    this.reschedule();
  }

  /** While the session does not read, silence proves nothing. */
  rest(): void {
    this.resting = true;
  }

  resume(): void {
    this.resting = false;
    this.restedUntil = performance.now();
  }

  stop(): void {
    this.deadlines.cancel(this);
    this.connectBy = this.nextBeat = this.nextPing = Infinity;
    this.rare = NONE;
    this.readLimitMs = 0;
  }

  onDue(now: number): void {
    if (now >= this.connectBy) return this.listener.onConnectOverdue();
    if (this.rare !== NONE && this.isOver(now)) return;
    if (!this.resting && this.readLimitMs > 0 && now >= this.lastRead() + this.readLimitMs)
      return this.listener.onReadTimeout(this.readLimitMs);
    if (now >= this.nextPing && !this.ping(now)) return;
    if (now >= this.nextBeat) {
      this.nextBeat = now + this.untilNextBeat();
      this.listener.onHeartbeatDue();
    }
    this.reschedule();
  }

  /** Does what is due of the rare times; true when the session ended by it. */
  private isOver(now: number): boolean {
    const rare = this.rareToChange();
    const systemNow = Date.now();
    if (now >= rare.graceEnd || systemNow >= rare.expiresAt) {
      if (now >= rare.graceEnd) this.listener.onGraceOver();
      else this.listener.onExpired();
      return true;
    }
    if (now >= rare.readAgainAt) {
      rare.readAgainAt = Infinity;
      this.listener.onReadAgain();
    }
    // Reading again may have ended the session.
    if (systemNow >= this.rare.warnAt) {
      rare.warnAt = Infinity;
      this.listener.onExpiring(rare.expiresAt);
    }
    return false;
  }

  private rareToChange(): RareTimes {
    if (this.rare === NONE) this.rare = new RareTimes();
    return this.rare;
  }

  private reschedule(): void {
    const next = Math.min(
      this.connectBy,
      this.nextBeat,
      this.nextPing,
      this.nextRare(),
      this.nextReadCheck(),
    );
    if (next === Infinity) this.deadlines.cancel(this);
    else this.deadlines.schedule(this, next);
  }

  private nextRare(): number {
    if (this.rare === NONE) return Infinity;
    const { warnAt, expiresAt, graceEnd, readAgainAt } = this.rare;
    const untilCredentialsMs = Math.min(warnAt, expiresAt) - Date.now();
    return Math.min(graceEnd, readAgainAt, performance.now() + untilCredentialsMs);
  }

  private nextReadCheck(): number {
    if (this.readLimitMs === 0) return Infinity;
    return (this.resting ? performance.now() : this.lastRead()) + this.readLimitMs;
  }

  private lastRead(): number {
    return Math.max(this.connection.lastReadAt, this.restedUntil);
  }

  private untilNextBeat(): number {
    return Math.max(this.beatEveryMs - EARLY_MS, this.beatEveryMs / 2);
  }

  /** Pings a silent client; false when it stayed silent after the last ping. */
  private ping(now: number): boolean {
    const silentSince = this.lastRead();
    if (this.resting || now < silentSince + this.pingEveryMs) {
      this.nextPing = (this.resting ? now : silentSince) + this.pingEveryMs;
      return true;
    }
    if (this.pingedAt > silentSince && this.connection.transport === 'websocket') {
      this.listener.onHalfOpen();
      return false;
    }
    this.pingedAt = now;
    this.nextPing = now + this.pingEveryMs;
    this.connection.ping();
    return true;
  }
}
