import type { Logger } from '@nestjs/common';

const LIMIT = 100;

/** Logs each hint once, and not endlessly many: what they are about may come from clients. */
export class Hints {
  private readonly told = new Set<string>();

  /** @param lastWords logged behind the last hint there will be */
  constructor(
    private readonly logger: Logger,
    private readonly lastWords: string,
  ) {}

  /** Whether there will be no more. */
  get isOver(): boolean {
    return this.told.size >= LIMIT;
  }

  /** @param key what the hint is about */
  tell(key: string, text: () => string): void {
    if (this.isOver || this.told.has(key)) return;
    this.told.add(key);
    this.logger.warn(text());
    if (this.isOver) this.logger.warn(this.lastWords);
  }
}
