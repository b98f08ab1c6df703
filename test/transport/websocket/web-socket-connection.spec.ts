import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { jest } from '@jest/globals';
import type { WebSocket } from 'ws';
import {
  FrameBatch,
  FramePart,
  type SharedTails,
  type TransportOptions,
} from '../../../lib/transport/index.js';
import {
  closeOf,
  droppableFrames,
  EndpointServerHarness,
  frames,
  type HarnessOptions,
  inbox,
} from '../support/endpoint-server.harness.js';
import { until } from '../../support/until.js';

describe('WebSocketConnection', () => {
  let harness: EndpointServerHarness;
  let client: WebSocket;
  afterEach(() => harness.stop());

  async function connect(
    transport: TransportOptions = {},
    options: HarnessOptions = {},
  ): Promise<void> {
    harness = await EndpointServerHarness.start({ transport, ...options });
    client = await harness.connect();
  }

  /** The raw socket on the server's side. */
  const serverSocket = () => harness.session.connection.handshake.request.socket;

  /** Sends until the client's socket takes no more. */
  async function fillSocket(): Promise<void> {
    client.pause();
    const { connection } = harness.session;
    while (connection.bufferedBytes === 0) {
      connection.write(frames('x'.repeat(60_000)));
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  describe('reading', () => {
    it('hands over text and binary messages', async () => {
      await connect();
      client.send('text é');
      client.send(Buffer.from('binary'));
      await until(() => harness.session.received.length === 2);

      expect(harness.session.received).toEqual(['text é', 'binary']);
    });

    it.each([
      [false, 1_000],
      [true, 500],
    ])(
      'takes a message of the limit and closes 1009 above it (binary %s)',
      async (binary, limit) => {
        await connect({ maxTextMessageBytes: 1_000, maxBinaryMessageBytes: 500 });
        client.send('x'.repeat(limit), { binary });
        client.send('x'.repeat(limit + 1), { binary });

        expect((await closeOf(client)).code).toBe(1009);
        expect(harness.session.received.map((text) => text.length)).toEqual([limit]);
        await until(() => harness.session.ended?.code === 1009);
      },
    );

    it('closes 1009 before it has read an announced giant', async () => {
      await connect({ maxTextMessageBytes: 1_000, maxBinaryMessageBytes: 500 });
      rawSocket(client).write(Buffer.from('81ff0000000100000000abcdabcd', 'hex'));
      const told = { code: 1009, reason: 'A message may have 1000 bytes' };

      expect(await closeOf(client)).toEqual(told);
      await until(() => harness.session.ended !== undefined);
      expect(harness.session.ended).toEqual(told);
    });

    it('closes 1007 for text that is not UTF-8', async () => {
      await connect();
      client.send(Buffer.from([0xff, 0xfe]), { binary: false });

      expect((await closeOf(client)).code).toBe(1007);
      await until(() => harness.session.ended?.code === 1007);
    });

    it('closes 1002 for an octet stream that is not WebSocket', async () => {
      await connect();
      rawSocket(client).write(Buffer.from('ffffffffffff', 'hex'));

      expect((await closeOf(client)).code).toBe(1002);
      await until(() => harness.session.ended?.code === 1002);
    });

    it('stops reading when paused and goes on when resumed', async () => {
      await connect();
      const paused = harness.session;
      paused.connection.pause();
      client.send('later');
      (await harness.connect()).send('now');
      await until(() => harness.session.received.length === 1);
      expect(paused.received).toEqual([]);
      paused.connection.resume();

      await until(() => paused.received.length === 1);
    });

    it('answers a ping', async () => {
      await connect();
      const pong = new Promise((resolve) =>
        client.once('pong', (data) => resolve(data.toString())),
      );
      client.ping('hello');

      expect(await pong).toBe('hello');
    });

    it('remembers when something was read, pings included', async () => {
      await connect();
      const before = harness.session.connection.lastReadAt;
      await until(() => performance.now() > before);
      client.ping();

      await until(() => harness.session.connection.lastReadAt > before);
    });

    it('closes 1011 when its session throws, and others go on', async () => {
      harness = await EndpointServerHarness.start({
        accept: () => ({
          onData: () => {
            throw new Error('broken');
          },
          onClose: () => {
            throw new Error('broken too');
          },
          onSlow: () => undefined,
        }),
      });
      client = await harness.connect();
      const other = await harness.connect();
      client.send('x');

      expect((await closeOf(client)).code).toBe(1011);
      expect(other.readyState).toBe(other.OPEN);
    });

    it('closes 1011 when nobody takes the connection over', async () => {
      harness = await EndpointServerHarness.start({
        accept: () => {
          throw new Error('broken');
        },
      });
      client = harness.client();

      expect((await closeOf(client)).code).toBe(1011);
      await until(() => harness.endpoints.stats.connections === 0);
    });
  });

  describe('writing', () => {
    it('writes all frames of a turn at once, each as a message of its own', async () => {
      await connect();
      const texts = inbox(client);
      const write = jest.spyOn(serverSocket(), 'write');
      const { connection } = harness.session;
      connection.write(frames('a', 'b'));
      connection.write(frames('c'.repeat(200)));
      connection.write(new FrameBatch([{ octets: Buffer.from([1]), binary: true }], false));
      expect(write).not.toHaveBeenCalled();
      await until(() => texts.length === 4);

      expect(texts).toEqual(['a', 'b', 'c'.repeat(200), '\u0001']);
      expect(write).toHaveBeenCalledTimes(1);
    });

    it('shares the octets of a batch among connections', async () => {
      await connect();
      const second = await harness.connect();
      const shared = frames('shared');
      const written = harness.sessions.map(({ connection }) =>
        jest.spyOn(connection.handshake.request.socket, 'write'),
      );
      const texts = [inbox(client), inbox(second)];
      for (const { connection } of harness.sessions) connection.write(shared);
      await until(() => texts.every((list) => list.length === 1));

      expect(written.map((spy) => spy.mock.calls[0]![0])).toEqual([shared.wire, shared.wire]);
      expect(written[0]!.mock.calls[0]![0]).toBe(written[1]!.mock.calls[0]![0]);
    });

    it('does not wait for the end of the turn above 64 KiB', async () => {
      await connect();
      const write = jest.spyOn(serverSocket(), 'write');
      harness.session.connection.write(frames('x'.repeat(40_000)));
      harness.session.connection.write(frames('x'.repeat(40_000)));

      expect(write).toHaveBeenCalled();
    });

    it('keeps the order of small and large frames', async () => {
      await connect();
      const texts = inbox(client);
      const sent = [10, 20_000, 5, 5, 90_000, 1].map((size, i) => String(i).repeat(size));
      for (const text of sent) harness.session.connection.write(frames(text));
      await until(() => texts.length === sent.length);

      expect(texts).toEqual(sent);
    });

    it('sends a ping', async () => {
      await connect();
      const pinged = new Promise((resolve) => client.once('ping', resolve));
      harness.session.connection.ping();

      await pinged;
    });

    it('compresses when asked to', async () => {
      harness = await EndpointServerHarness.start({
        transport: { perMessageDeflate: true },
        echo: true,
      });
      client = await harness.connect('/stomp', { perMessageDeflate: true });
      const texts = inbox(client);
      const sent = ['a'.repeat(30_000), 'b', 'c'.repeat(30_000)];
      for (const text of sent) client.send(text);
      await until(() => texts.length === 3);

      expect(client.extensions).toContain('permessage-deflate');
      expect(texts).toEqual(sent);
      expect(serverSocket().bytesWritten).toBeLessThan(2_000);
      await until(() => harness.session.connection.bufferedBytes === 0);
    });
  });

  describe('closing', () => {
    it('writes what waits before the close, and nothing after it', async () => {
      await connect();
      const texts = inbox(client);
      const { connection } = harness.session;
      connection.write(frames('last'));
      connection.close(1002, 'because');
      connection.write(frames('too late'));

      expect(await closeOf(client)).toEqual({ code: 1002, reason: 'because' });
      expect(texts).toEqual(['last']);
      await until(() => harness.session.ended !== undefined);
      expect(harness.session.ended).toEqual({ code: 1002, reason: 'because' });
    });

    it('writes what waits before the close also when it is compressed', async () => {
      harness = await EndpointServerHarness.start({ transport: { perMessageDeflate: true } });
      client = await harness.connect('/stomp', { perMessageDeflate: true });
      const texts = inbox(client);
      for (const text of ['a', 'b'.repeat(5_000)]) harness.session.connection.write(frames(text));
      harness.session.connection.close(1000, '');

      expect((await closeOf(client)).code).toBe(1000);
      expect(texts.map((text) => text.length)).toEqual([1, 5_000]);
    });

    it('hears of a close by the client with its code', async () => {
      await connect();
      client.close(3001, 'bye');
      await until(() => harness.session.ended !== undefined);

      expect(harness.session.ended).toEqual({ code: 3001, reason: 'bye' });
    });

    it('writes nothing behind the answer to the client’s close', async () => {
      await connect();
      const { connection } = harness.session;
      client.on('error', (error) => {
        throw error;
      });
      client.close();
      const writing = setInterval(() => connection.write(frames('late')), 0);

      expect((await closeOf(client)).code).toBe(1005);
      clearInterval(writing);
    });

    it('is told 1006 when the client vanishes', async () => {
      await connect();
      client.terminate();
      await until(() => harness.session.ended !== undefined);

      expect(harness.session.ended).toEqual({ code: 1006, reason: '' });
    });

    it('survives a reset of the socket', async () => {
      await connect();
      rawSocket(client).resetAndDestroy();
      harness.session.connection.write(frames('x'.repeat(100_000)));
      await until(() => harness.session.ended !== undefined);

      expect(harness.session.ended?.code).toBe(1006);
    });

    it('is cut when the client does not answer the close in time', async () => {
      await connect({ closeGraceMs: 50 });
      client.pause();
      harness.session.connection.close(1000, '');

      await until(() => harness.session.ended?.code === 1000);
    });

    it('closes also while reading is paused', async () => {
      await connect();
      harness.session.connection.pause();
      harness.session.connection.close(1000, '');

      expect((await closeOf(client)).code).toBe(1000);
      await until(() => harness.session.ended?.code === 1000);
    });

    it('cuts a reason to what a close frame holds', async () => {
      await connect();
      harness.session.connection.close(1008, 'é'.repeat(100));

      expect((await closeOf(client)).reason).toBe('é'.repeat(61));
    });

    it('cuts no character of a reason in two', async () => {
      await connect();
      harness.session.connection.close(1008, `${'a'.repeat(120)}😀`);

      expect((await closeOf(client)).reason).toBe('a'.repeat(120));
    });
  });

  describe('a client that does not read', () => {
    it('is closed 4500 when more than the buffer limit waits', async () => {
      await connect({ sendBufferSizeLimit: 100_000 });
      await fillSocket();
      const { session } = harness;
      for (let i = 0; i < 3; i++) session.connection.write(frames('x'.repeat(50_000)));
      await until(() => session.ended !== undefined);

      expect(session.ended).toEqual({
        code: 4500,
        reason: 'Failed to send message within the configured send limit',
      });
      expect(session.slow).toEqual([{ policy: 'terminate', bufferedBytes: expect.any(Number) }]);
      expect(session.slow[0]!.bufferedBytes).toBeGreaterThan(100_000);
      expect(harness.endpoints.stats.slowTerminated).toBe(1);
    });

    it('is closed 4500 when it takes nothing for the send time limit', async () => {
      await connect({ sendTimeLimit: 80 });
      await fillSocket();
      await until(() => harness.session.ended !== undefined);

      expect(harness.session.ended?.code).toBe(4500);
      expect(harness.session.slow).toHaveLength(1);
    });

    it('reads the reason when it reads again in time', async () => {
      await connect({ sendTimeLimit: 50 });
      await fillSocket();
      await until(() => harness.session.slow.length === 1);
      const closed = closeOf(client);
      client.resume();

      expect(await closed).toEqual({
        code: 4500,
        reason: 'Failed to send message within the configured send limit',
      });
    });

    it('is not closed as long as it reads, however slowly', async () => {
      await connect({ sendTimeLimit: 400 });
      const texts = inbox(client);
      await fillSocket();
      const until600ms = Date.now() + 600;
      while (Date.now() < until600ms) {
        const before = texts.length;
        client.resume();
        await until(() => texts.length > before + 10);
        client.pause();
        await fillSocket();
      }

      expect(harness.session.ended).toBeUndefined();
    });

    it('with drop-oldest loses the oldest messages, and nothing that must arrive', async () => {
      await connect({ slowClientPolicy: 'drop-oldest', sendBufferSizeLimit: 50_000 });
      const texts = inbox(client);
      await fillSocket();
      const { session } = harness;
      session.connection.write(frames('receipt'));
      for (let i = 0; i < 100; i++)
        session.connection.write(droppableFrames(`${i} `.padEnd(1_000)));
      expect(session.connection.bufferedBytes).toBeLessThan(50_000 + 200_000);
      client.resume();
      await until(() => texts.at(-1)?.startsWith('99 ') ?? false);

      const numbers = texts.filter((text) => text.length === 1_000).map((text) => parseInt(text));
      expect(texts).toContain('receipt');
      expect(numbers.length).toBeLessThan(100);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      expect(session.slow).toEqual([{ policy: 'drop-oldest', bufferedBytes: expect.any(Number) }]);
      expect(harness.endpoints.stats.framesDropped).toBe(100 - numbers.length);
      expect(session.ended).toBeUndefined();
    });

    it('with drop-oldest is closed when nothing is left to drop', async () => {
      await connect({ slowClientPolicy: 'drop-oldest', sendBufferSizeLimit: 50_000 });
      await fillSocket();
      harness.session.connection.write(frames('x'.repeat(60_000)));

      await until(() => harness.session.ended?.code === 4500);
    });

    it('fills no memory with answers to its pings', async () => {
      await connect({ sendTimeLimit: 0 });
      await fillSocket();
      const before = harness.session.connection.bufferedBytes;
      for (let i = 0; i < 5_000; i++) client.ping(randomBytes(100));
      const read = serverSocket().bytesRead;
      await until(() => serverSocket().bytesRead > read + 500_000);

      expect(harness.session.connection.bufferedBytes).toBe(before);
    });

    it('gets its own frames when it reads again, though those of others were made over them', async () => {
      await connect();
      const texts = inbox(client);
      client.pause();
      const other = await harness.connect();
      const othersTexts = inbox(other);
      const [slow, quick] = harness.sessions.map(({ connection }) => connection);
      const expected: string[] = [];
      while (slow!.bufferedBytes === 0) {
        const ends = Array.from({ length: 600 }, (_, i) => `${expected.length + i}`.padEnd(100));
        const tails = tailsOf(ends);
        slow!.write(FrameBatch.spliced(partOf('slow '), tails, true, 'tails'));
        quick!.write(FrameBatch.spliced(partOf('fast '), tails, true, 'tails'));
        expected.push(...ends);
        await until(() => othersTexts.length === expected.length);
      }
      client.resume();
      await until(() => texts.length === expected.length);

      expect(texts).toEqual(expected.map((end) => `slow ${end}`));
      expect(othersTexts).toEqual(expected.map((end) => `fast ${end}`));
    });

    it('does not disturb others, and leaves no timer behind', async () => {
      await connect({ sendTimeLimit: 100 });
      await fillSocket();
      const other = await harness.connect();
      const texts = inbox(other);
      const { connection } = harness.sessions[1]!;
      for (let i = 0; i < 50; i++) connection.write(frames(`m${i}`));
      await until(() => texts.length === 50);

      await until(() => harness.sessions[0]!.ended !== undefined);
      expect(harness.endpoints.stats.connections).toBe(1);
    });
  });
});

function partOf(text: string): FramePart {
  return FramePart.ofOctets(Buffer.from(text));
}

function tailsOf(texts: readonly string[]): SharedTails {
  const tails = texts.map((text) => ({ part: partOf(text), binary: false }));
  return { tails, byteLength: tails.reduce((sum, { part }) => sum + part.length, 0) };
}

function rawSocket(client: WebSocket): Socket {
  return (client as unknown as { _socket: Socket })._socket;
}
