import type { Rules } from './peer.js';

/** G: receipts, errors and the end of a connection. */
export const receipts: Rules = (peer, it) => {
  it('G1 receipt on SEND', async () => {
    const client = await peer().connect();
    const receipt = await client.receipt('SEND', { destination: peer().topic(), receipt: 'r1' });
    expect(receipt).toMatchObject({ headers: { 'receipt-id': 'r1' }, text: '' });
  });

  it('G2 receipt on SUBSCRIBE', async () => {
    const client = await peer().connect();
    await client.receipt('SUBSCRIBE', { id: '1', destination: peer().topic(), receipt: 'r1' });
  });

  it('G3 receipt on UNSUBSCRIBE', async () => {
    const { client } = await peer().subscribed();
    await client.receipt('UNSUBSCRIBE', { id: '1', receipt: 'r1' });
  });

  it('G4 receipt on BEGIN, COMMIT and ABORT', async () => {
    const client = await peer().connect();
    await client.receipt('BEGIN', { transaction: 'a' });
    await client.receipt('COMMIT', { transaction: 'a' });
    await client.receipt('BEGIN', { transaction: 'b' });
    await client.receipt('ABORT', { transaction: 'b' });
  });

  it('G5 receipt on DISCONNECT', async () => {
    const client = await peer().connect();
    await client.receipt('DISCONNECT', { receipt: 'bye' });
  });

  it('G6 the server closes after it', async () => {
    const client = await peer().connect();
    client.frame('DISCONNECT', { receipt: 'bye' });
    expect((await client.nextFrame('RECEIPT')).headers['receipt-id']).toBe('bye');
    expect((await client.closed()).code).toBe(1000);
  });

  it('G7 the receipt is escaped both ways', async () => {
    const client = await peer().connect();
    client.raw(`SEND\ndestination:${peer().topic()}\nreceipt:a\\cb\\\\c\n\n\0`);
    expect((await client.nextFrame('RECEIPT')).headers['receipt-id']).toBe('a:b\\c');
  });

  it('G8 RECEIPT means processed', async () => {
    const { client, destination } = await peer().subscribed();
    const other = await peer().connect();
    other.send(destination, 'x');
    expect((await client.message()).text).toBe('x');
  });

  it('G9 ERROR has a message', async () => {
    const client = await peer().connect();
    client.frame('SEND');
    expect((await client.refused()).headers.message).toBeTruthy();
  });

  it('G10 ERROR names the frame', async () => {
    const client = await peer().connect();
    client.frame('SUBSCRIBE', { id: '1', receipt: 'r1' });
    expect((await client.refused()).headers['receipt-id']).toBe('r1');
  });

  it('G11 ERROR, then close, and nothing between', async () => {
    const { client, destination } = await peer().subscribed();
    client.raw(
      `SEND\ndestination:${destination}\nk:\\x\n\n\0SEND\ndestination:${destination}\n\n\0`,
    );
    await client.refused();
  });

  it('G12 no receipt asked, none sent', async () => {
    const client = await peer().connect();
    client.send(peer().topic(), 'x');
    await client.expectNoFrame();
  });

  it('G13 frames received before a close are processed', async () => {
    const { client, destination } = await peer().subscribed();
    const sender = await peer().connect();
    for (let i = 0; i < 20; i++) sender.send(destination, String(i));
    sender.socket.close();
    expect(await client.messages(20)).toHaveLength(20);
  });

  it('G14 quick connects and disconnects are served', async () => {
    for (let i = 0; i < 100; i++) {
      const client = await peer().connect();
      client.frame('DISCONNECT');
      client.socket.close();
    }
    await (await peer().connect()).expectNoFrame();
  });

  it('G15 CONNECT cannot ask a receipt', async () => {
    const client = await peer().open();
    expect((await client.connect({ receipt: 'r0' })).command).toBe('CONNECTED');
    await client.expectNoFrame();
  });

  it('G16 nothing after DISCONNECT counts', async () => {
    const { client, destination } = await peer().subscribed();
    const other = await peer().connect();
    other.raw(`DISCONNECT\n\n\0SEND\ndestination:${destination}\n\nx\0`);
    await other.closed();
    await client.expectNoFrame();
  });

  it('H1 too many headers are refused', async () => {
    const client = await peer().connect();
    const headers = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`h${i}`, 'v']));
    client.send(peer().topic(), '', headers);
    await client.refused();
  });

  it('H1 a header line that is too long is refused', async () => {
    const client = await peer().connect();
    client.send(peer().topic(), '', { k: 'v'.repeat(16 * 1024) });
    await client.refused();
  });

  it('H1 a frame that is too large is refused', async () => {
    const client = await peer().connect();
    const half = 'x'.repeat(2 * 1024 * 1024);
    client.raw(`SEND\ndestination:${peer().topic()}\n\n${half}`);
    client.raw(half);
    client.raw('x\0');
    await client.refused();
  });

  it('H6 ERROR with a body has content-length and content-type', async () => {
    const client = await peer().connect();
    client.frame('SEND');
    const { headers, body } = await client.refused();
    if (body.length === 0) return;
    expect(headers['content-length']).toBe(String(body.length));
    expect(headers['content-type']).toMatch(/^text\/plain/);
  });

  it('H8 frames of one session never interleave', async () => {
    const { client, destination } = await peer().subscribed();
    const others = await Promise.all(Array.from({ length: 4 }, () => peer().connect()));
    const bodies = others.flatMap((other, i) =>
      Array.from({ length: 50 }, (_, n) => {
        const body = `${i}:${n}:`.padEnd(700 * (n % 5), 'x');
        other.send(destination, body);
        client.frame('SEND', { destination: '/topic/nobody', receipt: `${i}:${n}` });
        return body;
      }),
    );
    // A frame that began inside of another one would not be read as a frame.
    await client.until('all frames', () => client.pending.length === 2 * bodies.length);
    const received = client.pending.filter(({ command }) => command === 'MESSAGE');
    expect(received.map(({ text }) => text).sort()).toEqual([...bodies].sort());
  });
};
