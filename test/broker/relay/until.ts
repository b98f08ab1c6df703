import { pause } from '../../brokers/real-broker.js';

/** Waits for what is not told by a frame. */
export async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1000; i++) {
    if (holds()) return;
    await pause(20);
  }
  throw new Error('waited in vain');
}
