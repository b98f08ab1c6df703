import type { Logger } from '@nestjs/common';

const QUIET_MS = 60_000;

/** Logs what goes on and on once a minute, each kind for itself. */
export class Warnings {
  private readonly lastAt = new Map<string, number>();

  constructor(private readonly logger: Logger) {}

  warn(kind: string, text: () => string): void {
    const now = performance.now();
    if (now - (this.lastAt.get(kind) ?? -Infinity) < QUIET_MS) return;
    this.lastAt.set(kind, now);
    this.logger.warn(text());
  }
}
