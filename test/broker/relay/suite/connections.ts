import { until } from '../../../support/until.js';
import { HEARTBEAT_MS, type RelayRig } from './relay-rig.js';
import type { Traits } from './traits.js';

/** Names of topics in which a broker may see more than a name. */
const ODD_NAMES = [
  ...[
    '.',
    '..',
    'a..b',
    '.a',
    'a.',
    '*',
    '*.*',
    '#',
    '>',
    'a.#.b',
    'a.>.b',
    '**',
    '>>',
    'a*',
    '*a',
  ],
  ...[
    '@',
    '=',
    ':',
    '+',
    '-',
    '~',
    '~>',
    'queue:a',
    'topic:a',
    'VirtualTopic.a',
    'ActiveMQ.Advisory.>',
  ],
  'x'.repeat(200),
];

export function connections(rig: RelayRig, traits: Traits): void {
  const { namesRefused, refused } = traits;

  it('confirms every kind of frame, and closes after DISCONNECT', async () => {
    const client = await rig.connect();
    await client.receipt('SUBSCRIBE', { id: '1', destination: '/topic/receipts' });
    await client.receipt('SEND', { destination: '/topic/receipts' }, 'x');
    expect((await client.message()).headers).not.toHaveProperty('receipt');
    await client.receipt('UNSUBSCRIBE', { id: '1' });
    await client.receipt('BEGIN', { transaction: 't' });
    await client.receipt('COMMIT', { transaction: 't' });
    await client.receipt('DISCONNECT');
    expect((await client.closed()).code).toBe(1000);
    await until(() => rig.relay.clientConnections === 0);
  });

  it('ends the connection of a client that vanished', async () => {
    const client = await rig.connect();
    await client.subscribe(rig.queue('vanished'));
    expect(rig.relay.clientConnections).toBe(1);
    await client.vanish();
    await until(() => rig.relay.clientConnections === 0);
  });

  it('tells a client what the broker refuses, and serves the others', async () => {
    const [bad, good] = [await rig.connect(), await rig.connect()];
    await good.subscribe('/topic/good');
    bad.frame('SUBSCRIBE', { id: '1', receipt: 'r', ...refused });
    const { headers, text } = await bad.refused();
    expect([headers.message, text, headers['receipt-id']]).toEqual([
      expect.stringMatching(/./),
      expect.stringMatching(/./),
      namesRefused ? 'r' : undefined,
    ]);
    good.send('/topic/good', 'served');
    expect((await good.message()).text).toBe('served');
    expect(rig.relay.available).toBe(true);
  });

  it.each(traits.refusedOnSend)('costs only who sends %j the connection', async (headers) => {
    const [bad, good] = [await rig.connect(), await rig.connect()];
    await good.subscribe('/topic/good');
    bad.send('/topic/good', 'bad', headers);
    await bad.refused();
    good.send('/topic/good', 'served');
    expect((await good.message()).text).toBe('served');
    expect(rig.events).toHaveLength(1);
  });

  it.each(traits.detours)('refuses a client %j', async (headers) => {
    for (const frame of ['SUBSCRIBE', 'SEND']) {
      const client = await rig.connect();
      client.frame(frame, { id: '1', receipt: 'r', ...headers });
      const { close, text } = await client.refused();
      expect([close.code, text]).toEqual([1008, expect.stringContaining('not open to clients')]);
    }
  });

  it('lets a client come to a busy topic and leave it, again and again', async () => {
    const [sender, guest] = [await rig.connect(), await rig.connect()];
    let isBusy = true;
    const flood = async (): Promise<void> => {
      while (isBusy) {
        for (let i = 0; i < 20; i++) sender.send('/topic/busy', 'x');
        await sender.receipt('SEND', { destination: '/topic/busy' });
      }
    };
    const flooding = flood();
    for (const id of Array.from({ length: 40 }, (_, n) => String(n))) {
      await guest.subscribe('/topic/busy', id);
      await guest.until('a message', () =>
        guest.pending.some(({ headers }) => headers.subscription === id),
      );
      await guest.receipt('UNSUBSCRIBE', { id });
    }
    isBusy = false;
    await flooding;
    expect(guest.pending.filter(({ command }) => command !== 'MESSAGE')).toEqual([]);
    expect(rig.events).toHaveLength(1);
  });

  it('serves the others, whatever topic a client names', async () => {
    const good = await rig.connect();
    await good.subscribe('/topic/good');
    for (const name of ODD_NAMES)
      for (const frame of ['SUBSCRIBE', 'SEND']) {
        const odd = await rig.connect();
        odd.frame(frame, { id: '1', destination: `/topic/${name}`, receipt: 'r' });
        await odd.nextFrame();
        await odd.vanish();
        good.send('/topic/good', name);
        expect((await good.message()).text).toBe(name);
      }
    expect(rig.events).toHaveLength(1);
  }, 30_000);

  it('beats, and closes a client that does not', async () => {
    const client = await rig.connect({ 'heart-beat': `${HEARTBEAT_MS},${HEARTBEAT_MS}` });
    const beat = setInterval(() => client.raw('\n'), HEARTBEAT_MS / 2);
    await client.until('heart-beats', () => client.heartbeats >= 2);
    clearInterval(beat);
    await client.closed();
    await until(() => rig.relay.clientConnections === 0);
  });
}
