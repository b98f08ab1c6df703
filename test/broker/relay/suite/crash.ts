import type { BrokerKind, RealBroker } from '../../../brokers/real-broker.js';
import type { StompClient } from '../../../support/stomp-client.js';
import { until } from '../../../support/until.js';
import { RelayRig } from './relay-rig.js';

const SENDERS = 6;
const CONFIRMED_BEFORE = 200;

/** An application whose clients send until somebody stops them. */
class LoadedRig extends RelayRig {
  readonly confirmed: string[] = [];
  /** What ended each sender. */
  readonly told: string[] = [];
  senders!: StompClient[];
  listener!: StompClient;

  override async start(): Promise<void> {
    await super.start();
    this.listener = await this.connect();
    await this.listener.subscribe('/topic/crash');
    this.senders = await Promise.all(Array.from({ length: SENDERS }, () => this.connect()));
    this.senders.forEach((sender, n) => void this.sendOn(sender, n));
  }

  /** Sends one message after the other, each when that before it was confirmed. */
  private async sendOn(sender: StompClient, name: number): Promise<void> {
    for (let n = 0; ; n++) {
      const text = `${name}.${n}`;
      try {
        const headers = { destination: this.queue('confirmed'), persistent: 'true' };
        await sender.receipt('SEND', headers, text);
        this.confirmed.push(text);
      } catch (error) {
        return void this.told.push((error as Error).message);
      }
    }
  }
}

/** Takes what a reader gets from a set, until it is empty or nothing comes any more. */
async function readUntilEmpty(reader: StompClient, missing: Set<string>): Promise<void> {
  try {
    while (missing.size > 0) missing.delete((await reader.message()).text);
  } catch (error) {
    throw new Error(`${missing.size} missing: ${[...missing].join(' ')}`, { cause: error });
  }
}

/** The broker is killed while clients send, and started again. */
export function crash(kind: BrokerKind, broker: () => RealBroker): void {
  const rigs = (['per-client', 'shared'] as const).map((mode) => new LoadedRig(kind, mode));
  const both = rigs.map((rig) => [rig.connections, rig] as const);

  beforeAll(async () => {
    for (const rig of rigs) await rig.start();
    await until(() => rigs.every(({ confirmed }) => confirmed.length >= CONFIRMED_BEFORE));
    await broker().down('SIGKILL');
    await until(() => rigs.every(({ relay }) => !relay.available));
  }, 120_000);

  afterAll(async () => {
    for (const rig of rigs) await rig.stop();
  }, 30_000);

  describe.each(both)('is away, %s', (mode, rig) => {
    it('tells every client that was sending, and closes it', async () => {
      for (const sender of rig.senders) await sender.closed();
      await until(() => rig.told.length === SENDERS);
      expect(rig.told).toEqual(
        Array(SENDERS).fill(expect.stringMatching(/^ERROR (Conn|Trans|Broker)/)),
      );
    });

    it('refuses what the application sends, and who comes', async () => {
      expect(() => rig.template.convertAndSend('/topic/crash', 'lost')).toThrow(/not active/);
      const late = await rig.open();
      expect((await late.connect()).headers.message).toBe('Broker not available.');
    });

    if (mode === 'per-client')
      it('tells every client that only listens, and closes it', async () => {
        expect((await rig.listener.refused()).headers.message).toMatch(/^(Connection|Transport)/);
      });
    else
      it('keeps every client that only listens', () => {
        expect(rig.listener.isClosed).toBe(false);
      });
  });

  it('is found again when it is back', async () => {
    await broker().up();
    for (const rig of rigs) await rig.available();
  }, 120_000);

  describe.each(both)('is back, %s', (mode, rig) => {
    it('was told to the application when it went and when it came', () => {
      expect(rig.events.map(({ available, host }) => [available, host])).toEqual(
        [true, false, true].map((available) => [available, `127.0.0.1:${kind.port}`]),
      );
    });

    if (mode === 'shared')
      it('brings what is sent now to those who listened all along', async () => {
        await rig.template.convertAndSendAsync('/topic/crash', 'healed');
        expect((await rig.listener.message()).text).toBe('healed');
      });

    it('has lost nothing that was confirmed', async () => {
      const reader = await rig.connect();
      await reader.subscribe(rig.queue('confirmed'));
      const missing = new Set(rig.confirmed);
      await readUntilEmpty(reader, missing);
      expect(rig.confirmed.length).toBeGreaterThanOrEqual(CONFIRMED_BEFORE);
    });
  });
}
