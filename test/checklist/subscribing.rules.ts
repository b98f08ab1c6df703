import type { Rules } from './peer.js';

/** D: SEND, SUBSCRIBE, UNSUBSCRIBE and MESSAGE. */
export const subscribing: Rules = (peer, it) => {
  const isRefused = async (command: string, headers: Record<string, string>) => {
    const client = await peer().connect();
    client.frame(command, headers);
    return client.refused();
  };

  it('D1 a SEND without destination is refused', async () => {
    await isRefused('SEND', {});
  });

  it('D2 a SUBSCRIBE without destination is refused', async () => {
    await isRefused('SUBSCRIBE', { id: '1' });
  });

  it('D3 a SUBSCRIBE without id is refused', async () => {
    await isRefused('SUBSCRIBE', { destination: peer().topic() });
  });

  it('D4 the id is optional in 1.0', async () => {
    const client = await peer().connect({ 'accept-version': '1.0' });
    const destination = peer().topic();
    await client.receipt('SUBSCRIBE', { destination });
    client.send(destination, 'x');
    const { headers, text } = await client.message();
    expect(text).toBe('x');
    expect(headers).not.toHaveProperty('subscription');
  });

  it('D5 an id is used once in a connection', async () => {
    const { client } = await peer().subscribed();
    client.frame('SUBSCRIBE', { id: '1', destination: peer().topic() });
    await client.refused();
  });

  it('D6 MESSAGE has destination, message-id and subscription', async () => {
    const { client, destination } = await peer().subscribed();
    client.send(destination);
    const { headers } = await client.message();
    expect(headers).toMatchObject({ destination, subscription: '1' });
    expect(headers['message-id']).not.toBe('');
  });

  it('D7 its destination equals that of the SEND', async () => {
    const { client, destination } = await peer().subscribed();
    client.send(destination);
    expect((await client.message()).headers.destination).toBe(destination);
  });

  it('D8 message-ids differ', async () => {
    const { client, destination } = await peer().subscribed();
    client.send(destination);
    client.send(destination);
    const ids = (await client.messages(2)).map(({ headers }) => headers['message-id']);
    expect(new Set(ids).size).toBe(2);
  });

  it('D9 MESSAGE with a body has content-length', async () => {
    const { client, destination } = await peer().subscribed();
    client.send(destination, 'x');
    expect((await client.message()).headers['content-length']).toBe('1');
  });

  it('D10 content-type passes', async () => {
    const { client, destination } = await peer().subscribed();
    const type = 'application/json;charset=utf-8';
    client.send(destination, '{}', { 'content-type': type });
    expect((await client.message()).headers['content-type']).toBe(type);
  });

  it('D11 user headers pass, in their case', async () => {
    const { client, destination } = await peer().subscribed();
    client.send(destination, '', { 'x-a': 1, Foo: 'Bar' });
    expect((await client.message()).headers).toMatchObject({ 'x-a': '1', Foo: 'Bar' });
  });

  it('D12 each subscription gets its own MESSAGE', async () => {
    const { client, destination } = await peer().subscribed();
    await client.subscribe(destination, '2');
    client.send(destination);
    const ids = (await client.messages(2)).map(({ headers }) => headers.subscription);
    expect(ids.sort()).toEqual(['1', '2']);
  });

  it('D13 an unknown ack mode is refused', async () => {
    await isRefused('SUBSCRIBE', { id: '1', destination: peer().topic(), ack: 'maybe' });
  });

  it('D14 UNSUBSCRIBE ends delivery', async () => {
    const { client, destination } = await peer().subscribed();
    await client.receipt('UNSUBSCRIBE', { id: '1' });
    client.send(destination);
    await client.expectNoFrame();
  });

  it('D15 an UNSUBSCRIBE without id is refused', async () => {
    await isRefused('UNSUBSCRIBE', {});
  });

  it('D16 an UNSUBSCRIBE of an unknown id is refused', async () => {
    await isRefused('UNSUBSCRIBE', { id: 'nope' });
  });

  it('D17 messages of one sender arrive in order', async () => {
    const { client, destination } = await peer().subscribed();
    const sent = Array.from({ length: 500 }, (_, i) => String(i));
    for (const body of sent) client.send(destination, body);
    expect((await client.messages(500)).map(({ text }) => text)).toEqual(sent);
  });

  it('D18 an unknown command is refused', async () => {
    await isRefused('WRONG', {});
  });

  it('D19 SUBSCRIBE takes effect before the next frame', async () => {
    const client = await peer().connect();
    for (let i = 0; i < 30; i++) {
      const destination = peer().topic();
      client.raw(
        `SUBSCRIBE\nid:${i}\ndestination:${destination}\n\n\0SEND\ndestination:${destination}\n\n${i}\0`,
      );
    }
    expect((await client.messages(30)).map(({ text }) => Number(text))).toEqual([
      ...Array(30).keys(),
    ]);
  });

  it('D20 a 1.1 session gets message-id and subscription', async () => {
    const client = await peer().connect({ 'accept-version': '1.1' });
    const destination = peer().topic();
    await client.subscribe(destination);
    client.send(destination);
    const { headers } = await client.message();
    expect(headers).toMatchObject({ destination, subscription: '1' });
    expect(headers['message-id']).not.toBe('');
  });

  it('H3 a 1.0 session unsubscribes by destination', async () => {
    const client = await peer().connect({ 'accept-version': '1.0' });
    const destination = peer().topic();
    await client.receipt('SUBSCRIBE', { destination });
    await client.receipt('UNSUBSCRIBE', { destination });
    client.send(destination);
    await client.expectNoFrame();
  });

  it('H7 headers of a 1.0 session are not escaped', async () => {
    const client = await peer().connect({ 'accept-version': '1.0' });
    const destination = peer().topic();
    await client.receipt('SUBSCRIBE', { destination });
    client.raw(`SEND\ndestination:${destination}\nk:a\\cb\\\\c\n\n\0`);
    // The reader of the test unescapes: what came as `a\cb\\c` reads `a:b\c`.
    expect((await client.message()).headers.k).toBe('a:b\\c');
    const other = await peer().connect();
    await other.subscribe(destination);
    client.raw(`SEND\ndestination:${destination}\nk:a\\cb\n\n\0`);
    expect((await other.message()).headers.k).toBe('a\\cb');
  });
};
