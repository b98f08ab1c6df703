import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import {
  closeOf,
  EndpointServerHarness,
  frames,
  inbox,
} from './support/endpoint-server.harness.js';
import { until } from '../support/until.js';

/** What a bad client does must not be felt by others. */
describe('a bad client', () => {
  let harness: EndpointServerHarness;
  afterEach(() => harness.stop());

  const rawSocket = (client: WebSocket) => (client as unknown as { _socket: Socket })._socket;

  async function goodClient(): Promise<{ texts: string[]; write: (text: string) => void }> {
    const texts = inbox(await harness.connect());
    const { connection } = harness.session;
    return { texts, write: (text) => connection.write(frames(text)) };
  }

  it('that stopped reading is closed while fifty others get everything', async () => {
    harness = await EndpointServerHarness.start({ transport: { sendBufferSizeLimit: 200_000 } });
    const slow = await harness.connect();
    const slowSession = harness.session;
    slow.pause();
    const others = await Promise.all(Array.from({ length: 50 }, () => goodClient()));
    let sent = 0;
    while (slowSession.ended === undefined) {
      slowSession.connection.write(frames('x'.repeat(100_000)));
      const batch = frames('quote');
      for (const { connection } of harness.sessions) connection.write(batch);
      sent++;
      await until(() => others.every(({ texts }) => texts.length === sent));
    }

    expect(slowSession.ended.code).toBe(4500);
    expect(slowSession.slow[0]!.bufferedBytes).toBeLessThan(500_000);
    expect(harness.endpoints.stats.connections).toBe(50);
  });

  it('that sends a byte at a time is understood, and others are served meanwhile', async () => {
    harness = await EndpointServerHarness.start({ echo: true });
    const client = await harness.connect();
    const texts = inbox(client);
    const other = await goodClient();
    const message = Buffer.from('818500000000' + Buffer.from('hello').toString('hex'), 'hex');
    for (const [i, byte] of message.entries()) {
      rawSocket(client).write(Buffer.from([byte]));
      other.write(`${i}`);
      await until(() => other.texts.length === i + 1);
    }

    await until(() => texts[0] === 'hello');
  });

  it('that sends a message in tens of thousands of fragments is closed', async () => {
    harness = await EndpointServerHarness.start();
    const client = await harness.connect();
    const closed = closeOf(client);
    const fragment = Buffer.from('008000000000', 'hex');
    rawSocket(client).write(Buffer.from('018000000000', 'hex'));
    rawSocket(client).write(Buffer.concat(Array.from({ length: 20_000 }, () => fragment)));

    expect((await closed).code).toBe(1008);
    await until(() => harness.session.ended?.code === 1008);
  });

  it('that vanishes without a word leaves nothing behind', async () => {
    harness = await EndpointServerHarness.start({ transport: { sendTimeLimit: 100 } });
    const client = await harness.connect();
    rawSocket(client).pause();
    const { session } = harness;
    while (session.ended === undefined) {
      session.connection.write(frames('x'.repeat(100_000)));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }

    expect(session.ended.code).toBe(4500);
    expect(harness.endpoints.stats.connections).toBe(0);
    expect(session.connection.bufferedBytes).toBeLessThan(1_000_000);
  });
});
