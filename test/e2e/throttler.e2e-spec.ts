import { startCheckApplication, type RunningApplication } from '../support/application.js';
import { StompClient } from '../support/stomp-client.js';

// In an application of its own: Jest on Node 20 cannot load the CommonJS of @nestjs/throttler with Nest's ES modules.
describe('@nestjs/throttler', () => {
  let application: RunningApplication;
  const clients: StompClient[] = [];

  beforeAll(async () => void (application = await startCheckApplication()), 120_000);
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.vanish())));
  afterAll(() => application.stop());

  async function connect(): Promise<StompClient> {
    const client = await StompClient.connect(`${application.url.replace('http', 'ws')}/stomp`);
    clients.push(client);
    await client.subscribe('/user/queue/reply');
    return client;
  }

  it('lets through as many messages of a session as it says, and no more', async () => {
    const client = await connect();
    for (const text of ['1', '2', '3', '4']) client.send('/app/throttled', text);
    expect((await client.messages(3)).map(({ text }) => text)).toEqual(['1', '2', '3']);
    const fifth = client.receipt('SEND', { destination: '/app/throttled' }, '5');
    await expect(fifth).rejects.toThrow('Too Many Requests');
  });

  it('counts each session apart', async () => {
    const [one, other] = [await connect(), await connect()];
    for (const text of ['1', '2', '3']) one.send('/app/throttled', text);
    await one.messages(3);
    other.send('/app/throttled', 'first');
    expect((await other.message()).text).toBe('first');
  });
});
