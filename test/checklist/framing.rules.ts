import type { Rules } from './peer.js';

/** A: frames and their octets. */
export const framing: Rules = (peer, it) => {
  it('A1 a frame is command, headers, blank line, body and NUL', async () => {
    const { client, destination } = await peer().subscribed();
    client.raw(`SEND\ndestination:${destination}\n\nx\0`);
    expect((await client.message()).text).toBe('x');
    await client.expectNoFrame();
  });

  it('A2 lines may end with CR LF', async () => {
    const { client, destination } = await peer().subscribed();
    client.raw(`SEND\r\ndestination:${destination}\r\nk:v\r\n\r\nx\0`);
    expect(await client.message()).toMatchObject({ text: 'x', headers: { k: 'v', destination } });
  });

  it('A3 any number of line ends may stand between frames', async () => {
    const { client, destination } = await peer().subscribed();
    const send = `SEND\ndestination:${destination}\n\nx\0`;
    client.raw(`\n\n${send}\n\n${send}\n`);
    await client.messages(2);
    await client.expectNoFrame();
  });

  it('A4 content-length counts, NULs inside are body', async () => {
    const { client, destination } = await peer().subscribed();
    client.raw(`SEND\ndestination:${destination}\ncontent-length:5\n\na\0b\0c\0`);
    expect((await client.message()).text).toBe('a\0b\0c');
  });

  it('A5 without content-length the first NUL ends the body', async () => {
    const { client, destination } = await peer().subscribed();
    client.raw(`SEND\ndestination:${destination}\n\n1\0SEND\ndestination:${destination}\n\n2\0`);
    expect((await client.messages(2)).map(({ text }) => text)).toEqual(['1', '2']);
  });

  it('A6 a frame may be cut anywhere', async () => {
    const { client, destination } = await peer().subscribed();
    for (const part of ['SE', 'ND\ndesti', `nation:${destination}`, '\n', '\nbo', 'dy\0'])
      client.raw(part);
    expect((await client.message()).text).toBe('body');
    await client.expectNoFrame();
  });

  it('A7 one WebSocket message may hold several frames', async () => {
    const { client, destination } = await peer().subscribed();
    client.raw([1, 2, 3].map((n) => `SEND\ndestination:${destination}\n\n${n}\0`).join(''));
    expect((await client.messages(3)).map(({ text }) => text)).toEqual(['1', '2', '3']);
  });

  it('A8 commands are case sensitive', async () => {
    const { client, destination } = await peer().subscribed();
    client.raw(`send\ndestination:${destination}\n\nx\0`);
    await client.refused();
  });

  it('A9 header names and values are escaped both ways', async () => {
    const { client, destination } = await peer().subscribed();
    client.raw(`SEND\ndestination:${destination}\nk\\c1:a\\nb\\cc\\\\d\n\n\0`);
    expect((await client.message()).lines).toContainEqual(['k:1', 'a\nb:c\\d']);
  });

  it('A10 carriage return is escaped in 1.2', async () => {
    const { client, destination } = await peer().subscribed();
    client.raw(`SEND\ndestination:${destination}\nk:a\\rb\n\n\0`);
    expect((await client.message()).headers.k).toBe('a\rb');
  });

  it('A11 any other escape is fatal', async () => {
    const client = await peer().connect();
    client.raw(`SEND\ndestination:${peer().topic()}\nk:a\\tb\n\n\0`);
    await client.refused();
  });

  it('A12 header values are neither trimmed nor padded', async () => {
    const { client, destination } = await peer().subscribed();
    client.raw(`SEND\ndestination:${destination}\nk:  a  \n\n\0`);
    expect((await client.message()).headers.k).toBe('  a  ');
  });

  it('A13 the first of repeated headers counts', async () => {
    const { client, destination } = await peer().subscribed();
    client.raw(`SEND\ndestination:${destination}\ndestination:/topic/other\nk:1\nk:2\n\n\0`);
    expect((await client.message()).headers).toMatchObject({ destination, k: '1' });
  });

  it('A14 a body on SUBSCRIBE is refused', async () => {
    const client = await peer().connect();
    client.raw(`SUBSCRIBE\nid:1\ndestination:${peer().topic()}\n\nbody\0`);
    await client.refused();
  });

  it('A15 names and values are UTF-8', async () => {
    const { client, destination } = await peer().subscribed();
    client.send(destination, '', { clé: 'ꙕ✓' });
    expect((await client.message()).headers['clé']).toBe('ꙕ✓');
  });

  it('A16 content-length counts octets, not characters', async () => {
    const { client, destination } = await peer().subscribed();
    const body = 'é✓😀';
    client.send(destination, body, { 'content-length': Buffer.byteLength(body) });
    expect((await client.message()).text).toBe(body);
  });

  it('A17 NUL must follow the counted body', async () => {
    const client = await peer().connect();
    client.raw(`SEND\ndestination:${peer().topic()}\ncontent-length:2\n\nabcd\0`);
    await client.refused();
  });

  it('A18 a header line without colon is refused', async () => {
    const client = await peer().connect();
    client.raw(`SEND\ndestination:${peer().topic()}\nnocolon\n\n\0`);
    await client.refused();
  });

  it('A19 an empty header value is legal', async () => {
    const { client, destination } = await peer().subscribed();
    client.raw(`SEND\ndestination:${destination}\nk:\n\n\0`);
    expect((await client.message()).headers.k).toBe('');
  });

  const octets = Buffer.from('00fffe800d0a0007', 'hex');

  it('A20 a body is octets, also without content-type', async () => {
    const { client, destination } = await peer().subscribed();
    const head = `SEND\ndestination:${destination}\ncontent-length:${octets.length}\n\n`;
    client.raw(Buffer.concat([Buffer.from(head), octets, Buffer.of(0)]), { binary: true });
    expect(await client.message()).toMatchObject({ body: octets, binary: true });
  });

  it('A21 a body is octets as application/octet-stream', async () => {
    const { client, destination } = await peer().subscribed();
    const head = `SEND\ndestination:${destination}\ncontent-type:application/octet-stream\ncontent-length:8\n\n`;
    client.raw(Buffer.concat([Buffer.from(head), octets, Buffer.of(0)]), { binary: true });
    expect(await client.message()).toMatchObject({ body: octets, binary: true });
  });

  it('A22 a value may hold colons on input', async () => {
    const { client, destination } = await peer().subscribed();
    client.raw(`SEND\ndestination:${destination}\nk:a:b:c\n\n\0`);
    expect((await client.message()).headers.k).toBe('a:b:c');
  });
};
