import { simpleBroker, StompModule, StompStats } from 'nestjs-stomp';
import { StompTestClient } from 'nestjs-stomp/testing';
import { Footprint } from '../support/footprint.js';
import { startNest, type RunningNest } from '../support/nest-application.js';
import { StompClient } from '../support/stomp-client.js';

const MIB = 1024 * 1024;

describe('bad input of one client', () => {
  let nest: RunningNest;
  let url: string;
  let before: Footprint;
  const clients: StompClient[] = [];

  beforeAll(async () => {
    nest = await startNest({
      imports: [
        StompModule.forRoot({
          endpoints: ['/stomp'],
          brokers: [simpleBroker({ destinations: ['/topic'] })],
          applicationDestinationPrefixes: ['/app'],
        }),
      ],
    });
    url = `${nest.wsUrl}/stomp`;
  });

  beforeEach(() => {
    before = new Footprint(nest.app.get(StompStats));
  });

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.vanish()));
    await before.expectNothingMore();
  });

  afterAll(() => nest.app.close());

  async function connect(): Promise<StompClient> {
    const client = await StompClient.connect(url);
    clients.push(client);
    return client;
  }

  /** Another client sends itself message after message as long as the attack lasts, and gets each of them. */
  async function disturbsNobody(attack: () => Promise<unknown>): Promise<void> {
    const neighbour = await StompTestClient.connect(url);
    const own = await neighbour.subscribe('/topic/neighbour');
    let over = false;
    const attacked = attack().finally(() => (over = true));
    let sent = 0;
    do {
      neighbour.send('/topic/neighbour', String(++sent));
      expect((await own.next()).text).toBe(String(sent));
    } while (!over);
    await attacked;
    await neighbour.expectSilence();
    await neighbour.vanish();
  }

  /** Writes until the server has had enough. */
  async function endlessly(client: StompClient, octets: string): Promise<void> {
    while (!client.isClosed) {
      client.raw(octets);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it.each([
    ['a header without colon', 'SEND\nbroken\n\nx\0'],
    ['an unknown command', 'WRONG\n\n\0'],
    ['an undefined escape', 'SEND\ndestination:/topic/neighbour\nk:\\x\n\n\0'],
    ['no destination', 'SEND\n\nx\0'],
    ['a body behind its counted end', 'SEND\ndestination:/topic/a\ncontent-length:1\n\nabc\0'],
    ['a carriage return alone', 'SEND\rdestination:/topic/a\n\nabc\0'],
    ['a prototype for a header', '__proto__\n\n\0'],
  ])('malformed: %s', async (_, octets) => {
    await disturbsNobody(async () => {
      const client = await connect();
      client.raw(octets);
      await client.refused();
    });
  });

  it('malformed: text that is not UTF-8', async () => {
    await disturbsNobody(async () => {
      const client = await connect();
      client.raw(Buffer.from('53454e440a643affff0a0a00', 'hex'));
      await client.closed();
    });
  });

  it('oversized: one WebSocket message of 8 MiB', async () => {
    await disturbsNobody(async () => {
      const client = await connect();
      client.send('/topic/neighbour', 'x'.repeat(8 * MIB));
      expect((await client.closed()).code).toBe(1009);
    });
  });

  it('oversized: a length that no frame may have', async () => {
    await disturbsNobody(async () => {
      const client = await connect();
      client.raw('SEND\ndestination:/topic/neighbour\ncontent-length:99999999999\n\nx');
      await client.refused();
    });
  });

  it.each([
    ['a body', 'SEND\ndestination:/topic/neighbour\n\n', 'x'.repeat(4096)],
    ['a header line', 'SEND\nk:', 'x'.repeat(4096)],
    ['headers', 'SEND\n', 'k:v\n'.repeat(1024)],
    ['a command', '', 'X'.repeat(4096)],
  ])('endless: %s', async (_, begin, more) => {
    await disturbsNobody(async () => {
      const client = await connect();
      client.raw(begin);
      await endlessly(client, more);
    });
  });

  it('endless: headers before CONNECTED', async () => {
    await disturbsNobody(async () => {
      const client = await StompClient.open(url);
      clients.push(client);
      client.raw('CONNECT\n');
      await endlessly(client, 'k:v\n'.repeat(1024));
    });
  });

  it('fragmented: a frame of 20,000 WebSocket messages of one byte', async () => {
    const receiver = await StompTestClient.connect(url);
    const fragments = await receiver.subscribe('/topic/fragments');
    await disturbsNobody(async () => {
      const client = await connect();
      const body = 'y'.repeat(20_000);
      for (const octet of `SEND\ndestination:/topic/fragments\n\n${body}\0`) client.raw(octet);
      expect((await fragments.next()).text).toBe(body);
    });
    await receiver.vanish();
  });

  it('fragmented: a WebSocket message of a million fragments, and no end', async () => {
    await disturbsNobody(async () => {
      const client = await connect();
      client.raw('SEND\ndestination:/topic/neighbour\n\n', { fin: false });
      for (let i = 0; i < 1000 && !client.isClosed; i++) {
        for (let n = 0; n < 1000; n++) client.raw('', { fin: false });
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
  });
});
