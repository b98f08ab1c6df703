import { checkTime, refuseOption } from '../exception/index.js';

/**
 * How sessions are told that the server goes.
 *
 * @publicApi
 */
export interface ShutdownOptions {
  /** 1001 "going away", or 1012 "service restart", which tells clients to come back. @default 1001 */
  closeCode?: 1001 | 1012;
  /** Over how many milliseconds the sessions are told, in batches, so that they do not come back all at once. @default 0 */
  windowMs?: number;
  /** How many milliseconds after the window what is left is cut. @default 1000 */
  deadlineMs?: number;
}

/**
 * Fills in the defaults; undefined values count as absent. @throws StompException naming an option whose value makes no
 * sense
 */
export function shutdownSettings(options: ShutdownOptions = {}): Required<ShutdownOptions> {
  const { closeCode = 1001, windowMs = 0, deadlineMs = 1000 } = options;
  // Others cannot be sent, or tell clients something else: then no session would end.
  if (![1001, 1012].includes(closeCode))
    refuseOption('shutdown.closeCode', closeCode, '1001 or 1012');
  checkTime('shutdown.windowMs', windowMs, true);
  checkTime('shutdown.deadlineMs', deadlineMs, true);
  return { closeCode, windowMs, deadlineMs };
}

/** A session that can be told to go. */
export interface DrainedSession {
  /** Reads no more; closes when the frames in work are complete and their answers written. */
  retire(code: number, reason: string): void;
  /** Closes at once, without waiting for the client's answer. */
  cut(code: number, reason: string): void;
}

const BATCH = 50;
const LONGEST_PAUSE_MS = 2 ** 31 - 1;

/** The end of all sessions: told in batches, let finish, cut at the deadline. */
export class SessionDrain {
  readonly code: number;
  readonly reason: string;
  private readonly windowMs: number;
  private readonly deadlineMs: number;
  private wake: (() => void) | undefined;

  constructor(
    private readonly sessions: ReadonlyMap<string, DrainedSession>,
    options: ShutdownOptions,
  ) {
    const { closeCode, windowMs, deadlineMs } = shutdownSettings(options);
    this.code = closeCode;
    this.reason = closeCode === 1012 ? 'The server restarts: connect again' : '';
    this.windowMs = windowMs;
    this.deadlineMs = deadlineMs;
  }

  /** Settles when no session is left. */
  async run(): Promise<void> {
    const { code, reason } = this;
    const deadline = performance.now() + this.windowMs + this.deadlineMs;
    const all = [...this.sessions.values()];
    const pauseMs = this.windowMs / Math.max(1, Math.ceil(all.length / BATCH) - 1);
    for (let start = 0; start < all.length; start += BATCH) {
      if (start > 0) await this.emptyWithin(pauseMs);
      for (const session of all.slice(start, start + BATCH)) session.retire(code, reason);
    }
    await this.emptyWithin(Math.max(0, deadline - performance.now()));
    for (const session of [...this.sessions.values()]) session.cut(code, reason);
    await this.emptyWithin(LONGEST_PAUSE_MS);
  }

  /** To be called whenever a session is gone. */
  onSessionClosed(): void {
    if (this.sessions.size === 0) this.wake?.();
  }

  /** Waits until no session is open, but not longer than this. */
  private emptyWithin(ms: number): Promise<void> {
    if (this.sessions.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
