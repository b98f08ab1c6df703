import type { RelayRig } from './relay-rig.js';

export function transactions(rig: RelayRig): void {
  it('holds back what is sent in a transaction until COMMIT', async () => {
    const [sender, receiver] = [await rig.connect(), await rig.connect()];
    await receiver.subscribe('/topic/commit');
    await sender.receipt('BEGIN', { transaction: 't' });
    // RabbitMQ confirms a SEND of a transaction at its COMMIT only; the frame behind it is confirmed at once.
    sender.send('/topic/commit', 'later', { transaction: 't' });
    await sender.receipt('SEND', { destination: '/topic/nobody-listens' });
    await receiver.expectNoFrame();
    await sender.receipt('COMMIT', { transaction: 't' });
    expect((await receiver.message()).text).toBe('later');
  });

  it.each(['ABORT', 'the end of the connection'])('drops it at %s', async (end) => {
    const [sender, receiver] = [await rig.connect(), await rig.connect()];
    await receiver.subscribe('/topic/abort');
    await sender.receipt('BEGIN', { transaction: 't' });
    sender.send('/topic/abort', 'never', { transaction: 't' });
    await sender.receipt('SEND', { destination: '/topic/nobody-listens' });
    if (end === 'ABORT') await sender.receipt(end, { transaction: 't' });
    else await sender.vanish();
    await receiver.expectNoFrame();
  });

  it('confirms every SEND of one that has more than may be in work', async () => {
    const client = await rig.connect();
    client.frame('BEGIN', { transaction: 't' });
    const confirmed = Array.from({ length: 100 }, () =>
      client.receipt('SEND', { destination: '/topic/many', transaction: 't' }),
    );
    confirmed.push(client.receipt('COMMIT', { transaction: 't' }));
    await expect(Promise.all(confirmed)).resolves.toHaveLength(101);
  });

  it('acknowledges in a transaction', async () => {
    const [client, other] = [await rig.connect(), await rig.connect()];
    const queue = rig.queue('tx-ack');
    await client.receipt('SEND', { destination: queue }, 'work');
    await client.subscribe(queue, '1', { ack: 'client-individual' });
    const { headers } = await client.message();
    await client.receipt('BEGIN', { transaction: 't' });
    client.frame('ACK', { id: headers.ack!, transaction: 't' });
    await client.receipt('COMMIT', { transaction: 't' });
    await client.vanish();
    await other.subscribe(queue);
    other.send(queue, 'next');
    expect((await other.message()).text).toBe('next');
  });
}
