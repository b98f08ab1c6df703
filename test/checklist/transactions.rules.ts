import type { Rules } from './peer.js';

/** F: transactions. */
export const transactions: Rules = (peer, it) => {
  const isRefused = async (command: string, headers: Record<string, string>) => {
    const client = await peer().connect();
    client.frame(command, headers);
    await client.refused();
  };

  it('F1 a transaction holds SENDs back until COMMIT', async () => {
    const { client, destination } = await peer().subscribed();
    await client.receipt('BEGIN', { transaction: 't' });
    client.send(destination, 'x', { transaction: 't' });
    await client.expectNoFrame();
    client.frame('COMMIT', { transaction: 't' });
    expect((await client.message()).text).toBe('x');
  });

  it('F2 ABORT drops them', async () => {
    const { client, destination } = await peer().subscribed();
    client.frame('BEGIN', { transaction: 't' });
    client.send(destination, 'x', { transaction: 't' });
    await client.receipt('ABORT', { transaction: 't' });
    await client.expectNoFrame();
  });

  it('F3 DISCONNECT and a lost connection drop them', async () => {
    const { client, destination } = await peer().subscribed();
    for (const leave of ['disconnect', 'vanish'] as const) {
      const sender = await peer().connect();
      await sender.receipt('BEGIN', { transaction: 't' });
      sender.send(destination, 'x', { transaction: 't' });
      await sender.expectNoFrame();
      await sender[leave]();
    }
    await client.expectNoFrame();
  });

  it('F4 a BEGIN without transaction is refused', async () => {
    await isRefused('BEGIN', {});
  });

  it('F5 a COMMIT of an unknown transaction is refused', async () => {
    await isRefused('COMMIT', { transaction: 'nope' });
  });

  it('F6 a transaction is begun once', async () => {
    const client = await peer().connect();
    await client.receipt('BEGIN', { transaction: 't' });
    client.frame('BEGIN', { transaction: 't' });
    await client.refused();
  });

  it('F7 an ABORT of an unknown transaction is refused', async () => {
    await isRefused('ABORT', { transaction: 'nope' });
  });
};
