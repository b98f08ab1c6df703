import type { Message } from '../../lib/message/index.js';
import { commandOf, SessionRig, type RigOptions } from '../support/session-rig.js';
import { until } from '../support/until.js';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Held {
  message: Message<Buffer>;
  enter(): void;
  complete(): void;
  fail(error: Error): void;
}

describe('the frames of a session', () => {
  let rig: SessionRig;

  /** A rig whose broker holds every SEND until the test lets it go. */
  function holding(options?: RigOptions): Held[] {
    rig = new SessionRig(options);
    const held: Held[] = [];
    rig.broker.onMessage = (message) => {
      if (commandOf(message) !== 'SEND') return;
      let enter!: () => void;
      let complete!: () => void;
      let fail!: (error: Error) => void;
      const entered = new Promise<void>((resolve) => (enter = resolve));
      const completed = new Promise<void>((resolve, reject) => {
        complete = resolve;
        fail = reject;
      });
      held.push({ message, enter, complete, fail });
      return { entered, completed };
    };
    return held;
  }

  afterEach(() => rig.stop());

  it('wait until the one before is entered, not until it is complete', async () => {
    const held = holding();
    const client = rig.connect();
    client.send('SEND', { destination: '/topic/a' }, '1');
    client.send('SEND', { destination: '/topic/a' }, '2');
    await settle();
    expect(held).toHaveLength(1);
    held[0]!.enter();
    await settle();
    expect(held.map(({ message }) => message.payload.toString())).toEqual(['1', '2']);
  });

  it('wait until the one before is complete with preserveReceiveOrder', async () => {
    const held = holding({ options: { preserveReceiveOrder: true } });
    const client = rig.connect();
    client.send('SEND', { destination: '/topic/a' }, '1');
    client.send('SEND', { destination: '/topic/a' }, '2');
    held[0]!.enter();
    await settle();
    expect(held).toHaveLength(1);
    held[0]!.complete();
    await settle();
    expect(held).toHaveLength(2);
  });

  it('do not wait for those of other sessions', () => {
    const held = holding();
    rig.connect().send('SEND', { destination: '/topic/a' }, '1');
    rig.connect().send('SEND', { destination: '/topic/a' }, '2');
    expect(held).toHaveLength(2);
  });

  it('hold no more than the pool of buffers does when they are kept', async () => {
    const held = holding();
    const client = rig.connect();
    const frames = Buffer.from(
      'SEND\ndestination:/topic/a\n\none\0SEND\ndestination:/topic/a\n\ntwo\0',
    );
    for (const room of [0, 100_000]) {
      const octets = Buffer.alloc(frames.length + room);
      octets.set(frames);
      client.listener.onData(octets.subarray(0, frames.length));
      for (let n = 0; n < 2; n++) {
        held.at(-1)!.enter();
        await settle();
      }
    }
    const bodies = held.map(({ message }) => message.payload);
    expect(bodies.map(String)).toEqual(['one', 'two', 'one', 'two']);
    for (const { buffer } of bodies) expect(buffer.byteLength).toBeLessThanOrEqual(Buffer.poolSize);
  });

  it('pass an asynchronous interceptor one behind the other', async () => {
    const held = holding();
    const passed: string[] = [];
    rig.inbound.addInterceptors({
      preSend: async (message) => {
        const body = (message as Message<Buffer>).payload.toString();
        await new Promise((resolve) => setTimeout(resolve, body === 'slow' ? 20 : 0));
        passed.push(body);
        return message;
      },
    });
    const client = rig.connect();
    client.send('SEND', { destination: '/topic/a' }, 'slow');
    client.send('SEND', { destination: '/topic/a' }, 'fast');
    while (held.length < 2) {
      held.forEach((one) => one.enter());
      await settle();
    }
    expect(passed).toEqual(['', 'slow', 'fast']);
  });

  it('stop being read at the limit and are read again when none waits', async () => {
    const held = holding({ options: { maxFramesInFlight: 3 } });
    const client = rig.connect();
    for (const body of ['1', '2', '3', '4', '5'])
      client.send('SEND', { destination: '/topic/a' }, body);
    expect(client.isPaused).toBe(true);
    for (let i = 0; i < 3; i++) {
      held[i]!.enter();
      await settle();
    }
    expect(held).toHaveLength(3);
    expect(client.isPaused).toBe(true);
    held[0]!.complete();
    held[1]!.complete();
    await settle();
    held[3]!.enter();
    await settle();
    expect(held.map(({ message }) => message.payload.toString())).toEqual([
      '1',
      '2',
      '3',
      '4',
      '5',
    ]);
    expect(client.isPaused).toBe(false);
  });

  it('that were received before the client left take effect, then the session ends', async () => {
    const held = holding();
    const client = rig.connect();
    client.send('SEND', { destination: '/topic/a' }, '1');
    client.send('SEND', { destination: '/topic/a' }, '2');
    client.leave();
    held[0]!.enter();
    await settle();
    held[1]!.enter();
    await settle();
    expect(rig.broker.commands()).toEqual(['CONNECT', 'SEND', 'SEND', 'DISCONNECT']);
    expect(rig.eventTypes().at(-1)).toBe('sessionDisconnect');
  });

  it('that are in flight are counted', async () => {
    const held = holding();
    rig.connect().send('SEND', { destination: '/topic/a' });
    expect(rig.server.inFlight).toBe(1);
    held[0]!.enter();
    held[0]!.complete();
    await settle();
    expect(rig.server.inFlight).toBe(0);
  });

  describe('that ask for a RECEIPT', () => {
    it('get it when they are complete', async () => {
      const held = holding();
      const client = rig.connect();
      client.send('SEND', { destination: '/topic/a', receipt: 'r-1' });
      held[0]!.enter();
      await settle();
      expect(client.framesOf('RECEIPT')).toEqual([]);
      held[0]!.complete();
      await settle();
      expect(client.framesOf('RECEIPT')[0]).toMatchObject({
        headers: { 'receipt-id': 'r-1' },
        text: '',
      });
    });

    it.each([
      ['SEND', { destination: '/topic/a' }],
      ['SUBSCRIBE', { id: '1', destination: '/topic/a' }],
      ['BEGIN', { transaction: 't' }],
      ['DISCONNECT', {}],
    ])('get it for %s', async (command, headers) => {
      rig = new SessionRig();
      const client = rig.connect();
      client.send(command, { ...headers, receipt: 'a:b\\c' });
      await settle();
      expect(client.framesOf('RECEIPT')[0]!.headers['receipt-id']).toBe('a:b\\c');
    });

    it('get none when an interceptor drops them', () => {
      rig = new SessionRig();
      rig.inbound.addInterceptors({ preSend: (m) => (commandOf(m) === 'SEND' ? null : m) });
      const client = rig.connect();
      client.send('SEND', { destination: '/topic/a', receipt: 'r' });
      expect(client.frames.map((frame) => frame.command)).toEqual(['CONNECTED']);
    });

    it('get an ERROR instead when their handling fails, also after it was entered', async () => {
      const held = holding();
      const client = rig.connect();
      client.send('SEND', { destination: '/topic/a', receipt: 'r-1' });
      held[0]!.enter();
      await settle();
      held[0]!.fail(new Error('out of stock'));
      await settle();
      expect(client.frames.at(-1)).toMatchObject({
        command: 'ERROR',
        headers: { message: 'out of stock', 'receipt-id': 'r-1' },
      });
      expect(client.closed?.code).toBe(1002);
    });

    it('get it although nobody takes their destination', () => {
      rig = new SessionRig({ prefixes: [['/topic']] });
      const client = rig.connect();
      client.send('SEND', { destination: '/elsewhere', receipt: 'r' });
      expect(client.framesOf('RECEIPT')).toHaveLength(1);
    });
  });

  it('nothing comes behind a frame that was refused asynchronously', async () => {
    holding();
    rig.inbound.addInterceptors({
      preSend: async (message) => {
        await settle();
        if (message.headers.native.has('refuse')) throw new Error('refused');
        return message;
      },
    });
    const client = rig.connect();
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/a', refuse: 'yes', receipt: 'r' });
    client.send('SEND', { destination: '/topic/a' });
    await until(() => rig.broker.commands().includes('DISCONNECT'));
    expect(rig.broker.commands()).toEqual(['CONNECT', 'DISCONNECT']);
    expect(client.frames).toMatchObject([
      { command: 'CONNECTED' },
      { command: 'ERROR', headers: { message: 'refused', 'receipt-id': 'r' } },
    ]);
  });
});
