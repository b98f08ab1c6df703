import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { SimpMessageType } from '../../lib/message/index.js';
import type { MemoryConnection } from '../support/memory-connection.js';
import { commandOf, message, SessionRig, type RigOptions } from '../support/session-rig.js';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the end of a session', () => {
  let rig: SessionRig;

  const start = (options?: RigOptions): SessionRig => (rig = new SessionRig(options));

  const disconnects = (): unknown[] =>
    rig.broker.commands().filter((command) => command === 'DISCONNECT');

  afterEach(() => rig.stop());

  describe('by DISCONNECT', () => {
    it('is a RECEIPT, then a normal close', async () => {
      const client = start().connect();
      client.send('DISCONNECT', { receipt: 'bye' });
      await settle();
      expect(client.frames.at(-1)!.headers['receipt-id']).toBe('bye');
      expect(client.closed).toEqual({ code: 1000, reason: '' });
    });

    it('is a normal close without a frame when no receipt was asked', async () => {
      const client = start().connect();
      client.send('DISCONNECT');
      await settle();
      expect(client.frames).toHaveLength(1);
      expect(client.closed?.code).toBe(1000);
    });

    it('makes what follows not count', async () => {
      const client = start().connect();
      client.sendOctets('DISCONNECT\nreceipt:bye\n\n\0SEND\ndestination:/topic/a\n\nx\0');
      client.send('SEND', { destination: '/topic/a' });
      await settle();
      expect(rig.broker.commands()).toEqual(['CONNECT', 'DISCONNECT']);
    });

    it('sends the RECEIPTs of earlier frames first', async () => {
      start();
      let complete!: () => void;
      rig.broker.onMessage = (message) => {
        if (commandOf(message) !== 'SEND') return;
        return new Promise<void>((resolve) => (complete = resolve));
      };
      const client = rig.connect();
      client.send('SEND', { destination: '/topic/a', receipt: 'work' });
      await settle();
      client.send('DISCONNECT', { receipt: 'bye' });
      await settle();
      expect(client.closed).toBeUndefined();
      complete();
      await settle();
      const receipts = client.framesOf('RECEIPT').map((frame) => frame.headers['receipt-id']);
      expect(receipts).toEqual(['work', 'bye']);
    });

    it.each([
      ['with a receipt', { receipt: 'bye' }, ['RECEIPT']],
      ['without one', {}, []],
    ])('%s leaves behind what is with interceptors', async (_what, headers, last) => {
      start().outbound.addInterceptors({
        preSend: async (m) => {
          await settle();
          return m;
        },
      });
      const client = rig.connect();
      client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
      client.send('SEND', { destination: '/topic/a', receipt: 'sent' }, '1');
      client.send('SEND', { destination: '/topic/a' }, '2');
      client.send('DISCONNECT', headers);
      while (!client.closed) await settle();
      expect(client.closed.code).toBe(1000);
      const commands = client.frames.slice(1).map((frame) => frame.command);
      expect(commands).toEqual(['MESSAGE', 'RECEIPT', 'MESSAGE', ...last]);
    });

    it('is told to subscribers once, although the connection closes after it', async () => {
      const client = start().connect();
      client.send('DISCONNECT', { receipt: 'bye' });
      await settle();
      expect(client.closed?.code).toBe(1000);
      expect(disconnects()).toHaveLength(1);
    });

    it('happens although an interceptor drops it', async () => {
      start().inbound.addInterceptors({
        preSend: (m) => (commandOf(m) === 'DISCONNECT' ? null : m),
      });
      const client = rig.connect();
      client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
      client.send('DISCONNECT', { receipt: 'bye' });
      await settle();
      expect(client.closed?.code).toBe(1000);
      expect(rig.broker.subscriptionCount).toBe(0);
      expect(disconnects()).toHaveLength(1);
    });
  });

  describe('by a lost connection', () => {
    it('is told to subscribers once', () => {
      const client = start().connect();
      client.leave();
      expect(disconnects()).toHaveLength(1);
    });

    it.each([
      [
        'throws',
        () => {
          throw new Error('no');
        },
      ],
      ['rejects', () => Promise.reject(new Error('no'))],
    ])('is told to subscribers although an interceptor %s', async (_how, refuse) => {
      start().inbound.addInterceptors({
        preSend: (m) => (commandOf(m) === 'DISCONNECT' ? refuse() : m),
      });
      const client = rig.connect();
      client.leave();
      await settle();
      expect(disconnects()).toHaveLength(1);
    });

    it('is told once although a subscriber fails on it', async () => {
      start();
      rig.broker.onMessage = (message) => {
        if (commandOf(message) === 'DISCONNECT') throw new Error('broken');
      };
      rig.connect().leave();
      await settle();
      expect(disconnects()).toHaveLength(1);
    });

    it('is told to nobody when the session never was connected', () => {
      start().open().leave();
      expect(rig.broker.seen).toEqual([]);
      expect(rig.eventLog).toEqual([]);
    });

    it('waits for a SUBSCRIBE that is still with an interceptor, so that nothing is left', async () => {
      let pass!: () => void;
      start().inbound.addInterceptors({
        preSend: async (m) => {
          if (commandOf(m) === 'SUBSCRIBE') await new Promise<void>((resolve) => (pass = resolve));
          return m;
        },
      });
      const client = rig.connect();
      await settle();
      client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
      client.leave();
      await settle();
      pass();
      await settle();
      expect(rig.broker.commands()).toEqual(['CONNECT', 'SUBSCRIBE', 'DISCONNECT']);
      expect(rig.broker.subscriptionCount).toBe(0);
    });

    it('is told once when DISCONNECT still waits behind a frame that is with an interceptor', async () => {
      let pass!: () => void;
      start().inbound.addInterceptors({
        preSend: async (m) => {
          if (commandOf(m) === 'SEND') await new Promise<void>((resolve) => (pass = resolve));
          return m;
        },
      });
      const client = rig.connect();
      await settle();
      client.sendOctets('SEND\ndestination:/topic/a\n\n\0DISCONNECT\nreceipt:bye\n\n\0');
      client.leave();
      await settle();
      pass();
      await settle();
      expect(rig.broker.commands()).toEqual(['CONNECT', 'SEND', 'DISCONNECT']);
      expect(rig.eventLog.at(-1)).toMatchObject({ type: 'sessionDisconnect', clean: true });
      expect(rig.eventTypes().filter((type) => type === 'sessionDisconnect')).toHaveLength(1);
      expect(rig.server.waitingDeadlines).toBe(0);
    });

    it('waits for a CONNECT that is still with a broker', async () => {
      start();
      let accept!: () => void;
      rig.broker.onMessage = () => new Promise<void>((resolve) => (accept = resolve));
      const client = rig.connect();
      client.leave();
      accept();
      await settle();
      expect(rig.broker.commands()).toEqual(['CONNECT', 'DISCONNECT']);
      expect(rig.eventTypes()).toEqual(['sessionConnect', 'sessionDisconnect']);
    });
  });

  it('by an ERROR is told to subscribers at once, before the connection is closed', () => {
    const client = start().connect();
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
    client.send('SEND');
    expect(rig.broker.subscriptionCount).toBe(0);
  });

  describe('with a close code that', () => {
    const refusedWith = (closeCode: unknown): MemoryConnection => {
      const error = Object.assign(new Error('no'), { closeCode });
      start().inbound.addInterceptors({
        preSend: (m) => (commandOf(m) === 'SEND' ? Promise.reject(error) : m),
      });
      const client = rig.connect();
      client.send('SEND', { destination: '/topic/a' });
      return client;
    };

    it.each([1000, 1003, 1007, 1014, 3000, 4999])('may be sent is %p', async (closeCode) => {
      const client = refusedWith(closeCode);
      await settle();
      expect(client.closed?.code).toBe(closeCode);
    });

    it.each([401, 1004, 1006, 1015, 2999, 5000, 99999, 4001.5, NaN, '4001'])(
      'may not be sent is 1011 in place of %p, and the application is told',
      async (closeCode) => {
        const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
        const client = refusedWith(closeCode);
        await settle();
        expect(client.frames.at(-1)!.headers.message).toBe('no');
        expect(client.closed?.code).toBe(1011);
        expect(error.mock.calls).toHaveLength(1);
        expect(error.mock.calls[0]).toEqual([
          expect.stringMatching(/"no".*3000 to 4999/),
          expect.stringContaining('session-end.spec'),
        ]);
        error.mockRestore();
      },
    );

    it('the application asks for in a message and may not be sent is 1011', () => {
      const client = start().connect();
      const extra = new Map<string, unknown>([['closeCode', 1006]]);
      const { id: sessionId } = rig.contextOf(client);
      rig.outbound.send(message({ messageType: SimpMessageType.DISCONNECT_ACK, sessionId, extra }));
      expect(client.closed?.code).toBe(1011);
    });
  });

  it('that a broker demands while it handles a frame comes behind that frame', () => {
    start();
    const order: string[] = [];
    rig.broker.onMessage = (message) => {
      if (commandOf(message) !== 'SUBSCRIBE') return;
      rig.server.closeSession(message.headers.sessionId!, 1008, 'go');
      order.push('handled');
    };
    rig.inbound.subscribe({
      handleMessage: (message) => void order.push(String(message.headers.command)),
    });
    rig.connect().send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
    expect(order).toEqual(['CONNECT', 'handled', 'SUBSCRIBE', 'DISCONNECT']);
  });

  describe('as an event', () => {
    it('says with which code, and whether the client said good-bye', async () => {
      start();
      const [clean, lost, faulty] = [rig.connect(), rig.connect(), rig.connect()];
      clean.send('DISCONNECT');
      lost.leave(4002, 'x');
      faulty.send('SEND');
      await settle();
      const ends = rig.eventLog.filter((event) => event.type === 'sessionDisconnect');
      expect(
        ends.map(({ closeCode, closeReason, clean }) => [closeCode, closeReason, clean]),
      ).toEqual(
        expect.arrayContaining([
          [1000, '', true],
          [4002, 'x', false],
          [1002, '', false],
        ]),
      );
      expect(ends).toHaveLength(3);
    });

    it('finds the attributes of the session, behind what is asynchronous too', async () => {
      start();
      const seen: unknown[] = [];
      rig.events.on('sessionDisconnect', async ({ session }) => {
        seen.push(session.attributes.get('k'));
        await settle();
        seen.push(session.attributes.get('k'));
      });
      rig.connect({}, { attributes: new Map([['k', 1]]) }).leave();
      await settle();
      await settle();
      expect(seen).toEqual([1, 1]);
    });
  });

  it('leaves the attributes to a frame that is still in work', async () => {
    start();
    let complete!: () => void;
    let seen: unknown;
    rig.broker.onMessage = async (m) => {
      if (commandOf(m) !== 'SEND') return;
      await new Promise<void>((resolve) => (complete = resolve));
      seen = m.headers.sessionAttributes?.get('tenant');
    };
    const client = rig.connect({}, { attributes: new Map([['tenant', 'blue']]) });
    await settle();
    client.send('SEND', { destination: '/topic/a' });
    client.leave();
    await settle();
    complete();
    await settle();
    expect(seen).toBe('blue');
  });

  it('leaves nothing behind after a thousand clients', async () => {
    start();
    const clients = Array.from({ length: 1000 }, () =>
      rig.connect({ 'heart-beat': '10000,10000' }),
    );
    clients.forEach((client, index) => {
      client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
      if (index % 2) client.send('DISCONNECT', { receipt: 'bye' });
      else client.leave();
    });
    await settle();
    const { server, broker } = rig;
    expect([server.sessions.size, server.inFlight, broker.subscriptionCount]).toEqual([0, 0, 0]);
    expect(server.waitingDeadlines).toBe(0);
    expect(server.statistics).toMatchObject({ connections: 1000, connected: 1000, closed: 1000 });
  });

  it('is told once to subscribers when the server stops with sessions open', async () => {
    start().connect();
    rig.stop();
    await settle();
    expect(disconnects()).toHaveLength(1);
    expect(rig.server.sessions.size).toBe(0);
  });

  it('that is refused once the server has stopped', () => {
    start().stop();
    const client = rig.open();
    expect(client.closed?.code).toBe(1001);
  });
});
