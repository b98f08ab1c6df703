import v8 from 'node:v8';
import vm from 'node:vm';
import type { StompStats, StompStatsSnapshot } from 'nestjs-stomp';

const PATIENCE_MS = 20_000;
// What compiled code and the test itself may take meanwhile; the faults would leave many times as much.
const LEEWAY_BYTES = 16 * 1024 * 1024;

v8.setFlagsFromString('--expose-gc');
/** Collects all garbage, now. */
export const collectGarbage = vm.runInNewContext('gc') as () => void;

/** What a STOMP instance held at one moment, to be held against what it holds when a fault is over. */
export class Footprint {
  private readonly gauges: Record<string, number>;
  private readonly bytes = memoryBytes();

  constructor(private readonly stats: StompStats) {
    this.gauges = gaugesOf(stats.snapshot());
  }

  /** Waits until every gauge is where it was; then memory may not have grown by more than some MiB. */
  async expectNothingMore(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    const now = (): Record<string, number> => gaugesOf(this.stats.snapshot());
    while (JSON.stringify(now()) !== JSON.stringify(this.gauges) && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(now()).toEqual(this.gauges);
    expect(memoryBytes() - this.bytes).toBeLessThan(LEEWAY_BYTES);
  }
}

function gaugesOf({
  sessions,
  handshakes,
  messages,
  subscriptions,
  sendBuffers,
  brokers,
  handlers,
  users,
  timers,
}: StompStatsSnapshot): Record<string, number> {
  const { current, connected } = sessions;
  return {
    current,
    connected,
    handshakes: handshakes.pending,
    inFlight: messages.inFlight,
    subscriptions,
    bufferedBytes: sendBuffers.bytes,
    brokerSessions: brokers[0]!.simple!.sessions,
    brokerSubscriptions: brokers[0]!.simple!.subscriptions,
    heldBytes: brokers[0]!.simple!.heldBytes,
    running: handlers.running,
    users: users.users,
    anonymousSessions: users.anonymousSessions,
    timers,
  };
}

/** What is in use once garbage is collected. */
function memoryBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
