import { StompSubProtocolErrorHandler } from '../../lib/session/index.js';
import type { MemoryConnection } from '../support/memory-connection.js';
import { commandOf, SessionRig, type RigOptions } from '../support/session-rig.js';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a transaction', () => {
  let rig: SessionRig;

  const start = (options?: RigOptions): SessionRig => (rig = new SessionRig(options));

  /** What subscribers saw after CONNECT: the command, and the broker that it was for. */
  const seen = (): string[] =>
    rig.broker.seen
      .slice(1)
      .map(({ headers: { command, fields } }) =>
        [command, fields.broker].filter((part) => part !== undefined).join(' '),
      );

  afterEach(() => rig.stop());

  it('goes to the only broker as it comes', () => {
    const client = start().connect();
    client.send('BEGIN', { transaction: 't' });
    client.send('SEND', { destination: '/topic/a', transaction: 't' });
    client.send('COMMIT', { transaction: 't' });
    expect(seen()).toEqual(['BEGIN 0', 'SEND', 'COMMIT 0']);
  });

  it('is over after COMMIT or ABORT', () => {
    const client = start().connect();
    client.send('BEGIN', { transaction: 't' });
    client.send('ABORT', { transaction: 't' });
    client.send('BEGIN', { transaction: 't' });
    expect(client.framesOf('ERROR')).toEqual([]);
    client.send('COMMIT', { transaction: 't' });
    client.send('COMMIT', { transaction: 't', receipt: 'twice' });
    expect(client.frames.at(-1)!.headers['receipt-id']).toBe('twice');
  });

  it.each(['/app/trade', '/user/bob/queue/a', '/elsewhere'])(
    'holds nothing for %s, which no broker takes',
    (destination) => {
      const client = start({ prefixes: [['/topic']] }).connect();
      client.send('BEGIN', { transaction: 't' });
      client.send('SEND', { destination, transaction: 't' });
      expect(client.frames.at(-1)!.headers.message).toContain('holds messages for a broker only');
    },
  );

  describe.each([
    ['drops', (): null => null],
    ['drops later', () => Promise.resolve(null)],
    [
      'refuses',
      (): never => {
        throw new Error('no');
      },
    ],
    ['refuses later', () => Promise.reject(new Error('no'))],
  ])('whose frame an interceptor %s', (_how, answer) => {
    /** Its session lives on after what fails. */
    const connected = (): MemoryConnection => {
      const errorHandler = new StompSubProtocolErrorHandler();
      errorHandler.handleClientMessageProcessingError = () => null;
      start({ errorHandler }).inbound.addInterceptors({
        preSend: (m) => (m.headers.native.has('refuse') ? answer() : m),
      });
      return rig.connect();
    };

    it('is not open after BEGIN', async () => {
      const client = connected();
      client.send('BEGIN', { transaction: 't', refuse: 'yes' });
      await settle();
      client.send('BEGIN', { transaction: 't', receipt: 'r' });
      expect(client.frames.at(-1)!.headers['receipt-id']).toBe('r');
    });

    it.each(['COMMIT', 'ABORT'])('is open still after %s', async (command) => {
      const client = connected();
      client.send('BEGIN', { transaction: 't' });
      client.send(command, { transaction: 't', refuse: 'yes' });
      await settle();
      client.send('SEND', { destination: '/topic/a', transaction: 't' });
      client.send(command, { transaction: 't', receipt: 'r' });
      expect(client.frames.at(-1)!.headers['receipt-id']).toBe('r');
      expect(seen()).toEqual(['BEGIN 0', 'SEND', `${command} 0`]);
    });
  });

  describe('whose broker confirms its frames after COMMIT only, as RabbitMQ does', () => {
    /** A session with such a broker that has begun a transaction. */
    function begun(options?: RigOptions['options']): MemoryConnection {
      start({ options });
      let commit!: () => void;
      const committed = new Promise<void>((resolve) => (commit = resolve));
      rig.broker.onMessage = (message) => {
        const command = commandOf(message);
        if (command === 'COMMIT') commit();
        if (command === 'SEND' || command === 'ACK' || command === 'COMMIT') return committed;
      };
      const client = rig.connect();
      client.send('BEGIN', { transaction: 't' });
      return client;
    }

    const sendTo = (client: MemoryConnection, receipt: string, body = ''): void =>
      client.send('SEND', { destination: '/topic/a', transaction: 't', receipt }, body);
    const receiptsOf = (client: MemoryConnection): unknown[] =>
      client.framesOf('RECEIPT').map(({ headers }) => headers['receipt-id']);

    it.each([{ maxFramesInFlight: 2 }, { preserveReceiveOrder: true }])(
      'is committed, and confirmed in order, with %j',
      async (options) => {
        const client = begun(options);
        for (const receipt of ['1', '2', '3']) sendTo(client, receipt);
        client.send('ACK', { id: 'a', transaction: 't', receipt: '4' });
        client.send('COMMIT', { transaction: 't', receipt: '5' });
        await settle();
        expect(receiptsOf(client)).toEqual(['1', '2', '3', '4', '5']);
        expect([rig.server.inFlight, client.isPaused]).toEqual([0, false]);
      },
    );

    it('is confirmed before a DISCONNECT that comes behind it', async () => {
      const client = begun();
      rig.broker.onMessage = (message) => {
        if (commandOf(message) === 'SEND') return settle();
      };
      sendTo(client, '1');
      client.send('COMMIT', { transaction: 't' });
      client.send('DISCONNECT', { receipt: 'bye' });
      await settle();
      await settle();
      expect(receiptsOf(client)).toEqual(['1', 'bye']);
    });

    it.each([
      [{ maxTransactionFrames: 2 }, '2 frames'],
      [{ maxTransactionBytes: 300 }, '300 octets'],
    ])('waits for no more RECEIPTs than %j', async (options, what) => {
      const client = begun(options);
      for (const receipt of ['1', '2', '3']) sendTo(client, receipt, 'x'.repeat(100));
      await settle();
      expect(seen()).toEqual(['BEGIN 0', 'SEND', 'SEND', 'DISCONNECT']);
      expect(client.frames.at(-1)).toMatchObject({
        command: 'ERROR',
        headers: { 'receipt-id': '3', message: expect.stringContaining(what) },
      });
    });

    it('leaves room again when it is confirmed', async () => {
      const client = begun({ maxTransactionFrames: 1, maxTransactionBytes: 100 });
      for (const receipt of ['1', '2']) {
        sendTo(client, receipt);
        client.send('COMMIT', { transaction: 't' });
        client.send('BEGIN', { transaction: 't' });
        await settle();
      }
      expect(receiptsOf(client)).toEqual(['1', '2']);
    });

    it('has no bound where no RECEIPT is asked', async () => {
      const client = begun({ maxTransactionFrames: 1, maxFramesInFlight: 10 });
      for (let i = 0; i < 3; i++)
        client.send('SEND', { destination: '/topic/a', transaction: 't' });
      await settle();
      expect(seen()).toEqual(['BEGIN 0', 'SEND', 'SEND', 'SEND']);
    });
  });

  describe('with several brokers', () => {
    const several = { prefixes: [['/queue'], ['/topic']] };

    it('begins at the broker of its first frame', () => {
      const client = start(several).connect();
      client.send('BEGIN', { transaction: 't', receipt: 'r' });
      client.send('SEND', { destination: '/topic/a', transaction: 't' });
      client.send('SEND', { destination: '/topic/b', transaction: 't' });
      client.send('COMMIT', { transaction: 't' });
      expect(seen()).toEqual(['BEGIN -1', 'BEGIN 1', 'SEND', 'SEND', 'COMMIT 1']);
      expect(client.framesOf('RECEIPT')).toHaveLength(1);
    });

    it('waits until its broker has begun it', async () => {
      start(several);
      let begin!: () => void;
      rig.broker.onMessage = (begun) => {
        if (commandOf(begun) !== 'BEGIN' || begun.headers.fields.broker !== 1) return;
        const entered = new Promise<void>((resolve) => (begin = resolve));
        return { entered, completed: entered };
      };
      const client = rig.connect();
      client.send('BEGIN', { transaction: 't' });
      client.send('SEND', { destination: '/topic/a', transaction: 't' });
      expect(seen()).toEqual(['BEGIN -1', 'BEGIN 1']);
      begin();
      await new Promise((resolve) => setImmediate(resolve));
      expect(seen().at(-1)).toBe('SEND');
    });

    it('refuses a destination of another broker', () => {
      const client = start(several).connect();
      client.send('BEGIN', { transaction: 't' });
      client.send('SEND', { destination: '/topic/a', transaction: 't' });
      client.send('SEND', { destination: '/queue/a', transaction: 't' });
      expect(client.frames.at(-1)!.headers.message).toContain('belongs to another broker');
    });

    it('without a frame ends at no broker', () => {
      const client = start(several).connect();
      client.send('BEGIN', { transaction: 't' });
      client.send('COMMIT', { transaction: 't', receipt: 'r' });
      expect(seen()).toEqual(['BEGIN -1', 'COMMIT -1']);
      expect(client.framesOf('RECEIPT')).toHaveLength(1);
    });
  });
});
