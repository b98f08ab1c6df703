import { commandOf, SessionRig, type RigOptions } from '../support/session-rig.js';

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
