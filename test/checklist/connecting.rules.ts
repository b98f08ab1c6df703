import type { Rules } from './peer.js';
import { LOGIN, PASSCODE } from './peer.js';

/** B: CONNECT and its answer. */
export const connecting: Rules = (peer, it) => {
  const answer = async (headers: Record<string, string>) => (await peer().open()).connect(headers);

  it('B1 CONNECTED carries the version', async () => {
    const connected = await answer({ 'accept-version': '1.2' });
    expect(connected).toMatchObject({ command: 'CONNECTED', headers: { version: '1.2' } });
  });

  it('B2 the highest common version wins', async () => {
    expect((await answer({ 'accept-version': '1.0,1.1,2.0' })).headers.version).toBe('1.1');
  });

  it('B3 no accept-version means 1.0', async () => {
    const client = await peer().open();
    client.raw('CONNECT\nlogin:guest\npasscode:guest\n\n\0');
    const { headers } = await client.nextFrame('CONNECTED');
    expect(headers.version ?? '1.0').toBe('1.0');
  });

  it('B4 nothing in common is an ERROR', async () => {
    const client = await peer().open();
    client.frame('CONNECT', { 'accept-version': '9.9' });
    await client.refused();
  });

  it('B5 that ERROR lists the versions', async () => {
    const client = await peer().open();
    client.frame('CONNECT', { 'accept-version': '9.9' });
    expect((await client.refused()).headers.version).toBe('1.0,1.1,1.2');
  });

  it('B6 STOMP is CONNECT by another name', async () => {
    const client = await peer().open();
    client.frame('STOMP', { 'accept-version': '1.2', host: 'localhost' });
    await client.nextFrame('CONNECTED');
  });

  it('B7 nothing is taken before CONNECT', async () => {
    const client = await peer().open();
    client.send(peer().topic(), 'x');
    await client.refused();
  });

  it('B8 a wrong login is refused', async () => {
    const client = await peer().open({}, peer().authUrl);
    client.frame('CONNECT', { 'accept-version': '1.2', login: LOGIN, passcode: 'wrong' });
    await client.refused();
  });

  it('B9 heart-beat of CONNECTED is two non-negative integers', async () => {
    const connected = await answer({ 'heart-beat': '1000,1000' });
    expect(connected.headers['heart-beat']).toMatch(/^\d+,\d+$/);
  });

  it('B10 a missing heart-beat is 0,0', async () => {
    const client = await peer().open();
    client.raw('CONNECT\naccept-version:1.2\nhost:localhost\n\n\0');
    await client.nextFrame('CONNECTED');
    await peer().periods(5);
    expect(client).toMatchObject({ heartbeats: 0, isClosed: false });
  });

  it('B11 a second CONNECT never gets a second CONNECTED', async () => {
    const client = await peer().connect();
    client.frame('CONNECT', { 'accept-version': '1.2' });
    await client.refused();
  });

  it('B12 a malformed heart-beat is refused', async () => {
    const client = await peer().open();
    client.frame('CONNECT', { 'accept-version': '1.2', 'heart-beat': 'a,-5' });
    await client.refused();
  });

  it('H2 CONNECT is not escaped: login and passcode are taken literally', async () => {
    const client = await peer().open({}, peer().authUrl);
    const connected = await client.connect({ login: LOGIN, passcode: PASSCODE });
    expect(connected.command).toBe('CONNECTED');
  });

  it('H5 server, if sent, is a name, a version and comments', async () => {
    const { server } = (await answer({})).headers;
    if (server !== undefined) expect(server).toMatch(/^[^\s/]+(\/\S+)?( .*)?$/);
  });

  it.each(['v10.stomp', 'v11.stomp', 'v12.stomp'])(
    'H11 echoes the sub-protocol %s',
    async (name) => {
      const client = await peer().open({ protocols: [name] });
      expect(client.socket.protocol).toBe(name);
    },
  );

  it('H11 does not echo an unknown sub-protocol, and wants none', async () => {
    const client = await peer().open({ headers: { 'Sec-WebSocket-Protocol': 'mqtt' } });
    expect(client.socket.protocol).toBe('');
    expect((await (await peer().open()).connect()).command).toBe('CONNECTED');
  });
};

/** C: heart-beats. */
export const heartbeats: Rules = (peer, it) => {
  it('C1 a silent server sends a line feed every period', async () => {
    const client = await peer().connect({ 'heart-beat': `0,${peer().heartbeatMs}` });
    await peer().periods(3);
    expect(client.heartbeats).toBeGreaterThanOrEqual(2);
    expect(client.heartbeats).toBeLessThanOrEqual(8);
  });

  it('C2 a client that is silent longer than agreed is dropped', async () => {
    const client = await peer().connect({ 'heart-beat': `${peer().heartbeatMs},0` });
    await client.closed();
  });

  it('C3 any data keeps a client alive', async () => {
    const client = await peer().connect({ 'heart-beat': `${peer().heartbeatMs},0` });
    const beat = setInterval(() => client.raw('\n'), peer().heartbeatMs / 2);
    await peer().periods(8);
    clearInterval(beat);
    expect(client.isClosed).toBe(false);
  });

  it('H9 a receiver of heart-beats allows a margin', async () => {
    const client = await peer().connect({ 'heart-beat': `${peer().heartbeatMs},0` });
    const beat = setInterval(() => client.raw('\n'), peer().heartbeatMs * 1.5);
    await peer().periods(8);
    clearInterval(beat);
    expect(client.isClosed).toBe(false);
  });
};
