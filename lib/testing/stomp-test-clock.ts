import type { INestApplicationContext } from '@nestjs/common';
import { StompModule } from '../stomp.module.js';

const STEP_MS = 100;

/**
 * A clock that a test moves, for what sessions do by time: heart-beats, time until CONNECTED, expiry of credentials. It
 * takes the place of `Date.now` and `performance.now` until `restore`.
 *
 * @publicApi
 */
export class StompTestClock {
  private readonly dateNow = Date.now;
  private readonly performanceNow = performance.now.bind(performance);
  private offset = 0;

  constructor(private readonly app: INestApplicationContext) {
    Date.now = () => this.dateNow() + this.offset;
    performance.now = () => this.performanceNow() + this.offset;
  }

  /** Moves the time on; what falls due happens in order, and what is sent because of it is on its way. */
  async advance(ms: number): Promise<void> {
    const modules = this.app.get(StompModule, { strict: false, each: true });
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.offset += Math.min(left, STEP_MS);
      for (const { instance } of modules) instance.server.checkDeadlines();
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Gives both back. */
  restore(): void {
    Date.now = this.dateNow;
    performance.now = this.performanceNow;
  }
}
