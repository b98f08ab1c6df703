import type { INestApplicationContext } from '@nestjs/common';
import { StompModule } from '../stomp.module.js';
import { ClientBeat } from './client-beat.js';
import { giveTimeBack, moveTime } from './moved-time.js';

const STEP_MS = 100;

/**
 * A clock that a test moves, for what sessions do by time: heart-beats, also those of test clients, time until CONNECTED,
 * expiry of credentials. It takes the place of `Date.now` and `performance.now` until `restore`; several clocks may, and may
 * be restored in any order.
 *
 * @publicApi
 */
export class StompTestClock {
  private readonly moved = { offsetMs: 0 };

  constructor(private readonly app: INestApplicationContext) {
    moveTime(this.moved);
  }

  /** Moves the time on; what falls due happens in order, and what is sent because of it is on its way. */
  async advance(ms: number): Promise<void> {
    const modules = this.app.get(StompModule, { strict: false, each: true });
    for (let left = ms; left > 0; left -= STEP_MS) {
      this.moved.offsetMs += Math.min(left, STEP_MS);
      if (ClientBeat.sendDue()) await someTurns();
      for (const { instance } of modules) instance.server.checkDeadlines();
      await someTurns();
    }
  }

  /** Gives both back. */
  restore(): void {
    giveTimeBack(this.moved);
  }
}

/** As long as what was written in memory needs to arrive. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
