import { StompTestClient, type TestSubscription } from 'nestjs-stomp/testing';
import { startCheckApplication, type RunningApplication } from '../support/application.js';

// In an application of its own: Jest on Node 20 cannot load the CommonJS of @nestjs/throttler with Nest's ES modules.
describe('@nestjs/throttler', () => {
  let application: RunningApplication;

  beforeAll(async () => void (application = await startCheckApplication()), 120_000);
  afterAll(() => application.stop());

  async function connect(): Promise<[StompTestClient, TestSubscription]> {
    const client = await StompTestClient.connect(`${application.url.replace('http', 'ws')}/stomp`);
    return [client, await client.subscribe('/user/queue/reply')];
  }

  it('lets through as many messages of a session as it says, and no more', async () => {
    const [client, replies] = await connect();
    for (const text of ['1', '2', '3', '4']) client.send('/app/throttled', text);
    expect((await replies.take(3)).map(({ text }) => text)).toEqual(['1', '2', '3']);
    const fifth = client.sendAndWait('/app/throttled', '5');
    await expect(fifth).rejects.toThrow('Too Many Requests');
  });

  it('counts each session apart', async () => {
    const [one, ones] = await connect();
    const [other, others] = await connect();
    for (const text of ['1', '2', '3']) one.send('/app/throttled', text);
    await ones.take(3);
    other.send('/app/throttled', 'first');
    expect((await others.next()).text).toBe('first');
  });
});
