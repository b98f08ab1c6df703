import { SimpMessagingTemplate, simpleBroker, StompModule } from 'nestjs-stomp';
import {
  StompTestClient,
  type StompTestClientOptions,
  type TestSubscription,
} from 'nestjs-stomp/testing';
import { startNest, type RunningNest } from '../support/nest-application.js';
import { ownTime } from '../support/own-time.js';

const CLIENTS = 1000;
const PATIENT: StompTestClientOptions = { heartbeat: [0, 10_000], timeoutMs: 20_000 };

/** Timers and TCP sockets of this process, those of the clients included. */
function resources(): { timers: number; sockets: number } {
  const active = process.getActiveResourcesInfo();
  const count = (name: string): number => active.filter((one) => one === name).length;
  return { timers: count('Timeout'), sockets: count('TCPSocketWrap') };
}

/** Fails when it does not hold within 15 seconds, which a busy machine may need for the closes of a thousand clients. */
async function soon(expectation: () => void): Promise<void> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    try {
      return expectation();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

describe('1,000 clients', () => {
  let nest: RunningNest;

  beforeEach(async () => {
    nest = await startNest({
      imports: [
        StompModule.forRoot({
          endpoints: ['/stomp'],
          brokers: [simpleBroker({ destinations: ['/topic', '/queue'] })],
          applicationDestinationPrefixes: ['/app'],
        }),
      ],
    });
  });

  afterEach(() => nest.app.close());

  /** Each with its subscription to what is for all. */
  async function come(): Promise<{ client: StompTestClient; all: TestSubscription }[]> {
    const clients: { client: StompTestClient; all: TestSubscription }[] = [];
    while (clients.length < CLIENTS) {
      const batch = Array.from({ length: 100 }, async () => {
        const client = await StompTestClient.connect(`${nest.wsUrl}/stomp`, PATIENT);
        const all = await client.subscribe('/topic/all');
        await client.subscribe('/user/queue/own');
        return { client, all };
      });
      clients.push(...(await Promise.all(batch)));
    }
    return clients;
  }

  it('come, subscribe, receive and leave, and nothing of them stays', async () => {
    const before = resources();
    const clients = await come();
    nest.app.get(SimpMessagingTemplate).convertAndSend('/topic/all', 'to all');
    const bodies = await Promise.all(clients.map(async ({ all }) => (await all.next()).text));
    expect(bodies).toEqual(Array(CLIENTS).fill('to all'));

    await Promise.all(
      clients.map(({ client }, i) => {
        if (i % 3 === 0) return client.disconnect();
        return i % 3 === 1 ? client.vanish() : client.close();
      }),
    );
    await soon(() => {
      const { timers, sockets } = resources();
      expect(timers).toBeLessThanOrEqual(before.timers);
      expect(sockets).toBeLessThanOrEqual(before.sockets);
    });
  }, 120_000);

  it('app.close() ends within 2 s while they are connected and one of them does not read', async () => {
    const [deaf, ...clients] = await come();
    deaf!.client.pause();
    nest.app.get(SimpMessagingTemplate).convertAndSend('/topic/all', 'x'.repeat(60_000));
    await Promise.all(clients.map(({ all }) => all.next()));

    const begin = ownTime();
    const closes = clients.map(({ client }) => client.closed());
    await nest.app.close();
    expect(ownTime() - begin).toBeLessThan(2000);
    expect(new Set((await Promise.all(closes)).map(({ code }) => code))).toEqual(new Set([1001]));
    await deaf!.client.vanish();
  }, 120_000);
});
