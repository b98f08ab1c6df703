import { jest } from '@jest/globals';
import { commandOf, SessionRig, type RigOptions } from '../support/session-rig.js';

describe('StompServer.drain()', () => {
  let rig: SessionRig;
  let refused = 0;

  const start = (options: RigOptions = {}): SessionRig =>
    (rig = new SessionRig({ stopAccepting: () => refused++, ...options }));

  /** Makes the handling of SEND last until the function that is returned is called. */
  function slowHandler(): () => void {
    let finish!: () => void;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    rig.broker.onMessage = (message) => (commandOf(message) === 'SEND' ? finished : undefined);
    return finish;
  }

  beforeEach(() => void (refused = 0));

  afterEach(() => {
    rig.stop();
    jest.useRealTimers();
  });

  it('stops accepting, and closes sessions that have nothing in work at once', async () => {
    const client = start().connect();
    await rig.server.drain();
    expect(refused).toBe(1);
    expect(client.closed).toEqual({ code: 1001, reason: '' });
  });

  it('lets handlers in work end, and their answers leave, before the close', async () => {
    const client = start().connect();
    const finish = slowHandler();
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
    client.send('SEND', { destination: '/topic/a', receipt: 'r' });
    const drained = rig.server.drain();
    await Promise.resolve();
    expect([client.isPaused, client.closed]).toEqual([true, undefined]);
    finish();
    await drained;
    expect(client.frames.slice(1).map(({ command }) => command)).toEqual(['MESSAGE', 'RECEIPT']);
    expect(client.closed?.code).toBe(1001);
  });

  it('lets what is with interceptors leave before the close', async () => {
    start().outbound.addInterceptors({
      preSend: async (m) => {
        await new Promise(setImmediate);
        return m;
      },
    });
    const client = rig.connect();
    client.send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
    client.send('SEND', { destination: '/topic/a', receipt: 'r' });
    await rig.server.drain();
    expect(client.frames.slice(1).map(({ command }) => command)).toEqual(['MESSAGE', 'RECEIPT']);
    expect(client.closed?.code).toBe(1001);
  });

  it('handles frames that were received and wait behind the one in work', async () => {
    const client = start({ options: { preserveReceiveOrder: true } }).connect();
    const finish = slowHandler();
    client.send('SEND', { destination: '/app/a', receipt: 'first' });
    client.send('BEGIN', { transaction: 't', receipt: 'second' });
    const drained = rig.server.drain();
    finish();
    await drained;
    expect(client.framesOf('RECEIPT').map(({ headers }) => headers['receipt-id'])).toEqual([
      'first',
      'second',
    ]);
  });

  it('does not read on when the frames in work become fewer', async () => {
    const client = start({ options: { maxFramesInFlight: 1 } }).connect();
    const finish = slowHandler();
    client.send('SEND', { destination: '/app/a' });
    client.send('SEND', { destination: '/app/b' });
    const drained = rig.server.drain();
    rig.broker.onMessage = () => new Promise(() => undefined);
    finish();
    await new Promise(setImmediate);
    expect(client.isPaused).toBe(true);
    rig.broker.onMessage = () => undefined;
    client.leave();
    await drained;
  });

  it('cuts at the deadline what is left, with the same code', async () => {
    const client = start().connect();
    slowHandler();
    client.send('SEND', { destination: '/app/never-done' });
    await rig.server.drain({ closeCode: 1012, deadlineMs: 10 });
    expect(client.closed).toEqual({ code: 1012, reason: 'The server restarts: connect again' });
  });

  it('tells the sessions in batches over the window', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    start({ shutdown: { windowMs: 1000 } });
    const clients = Array.from({ length: 150 }, () => rig.connect());
    const told = (): number => clients.filter(({ closed }) => closed).length;
    const drained = rig.server.drain();
    expect(told()).toBe(50);
    await jest.advanceTimersByTimeAsync(500);
    expect(told()).toBe(100);
    await jest.advanceTimersByTimeAsync(500);
    await drained;
    expect(told()).toBe(150);
  });

  it('keeps a setting of the module where it is given undefined', async () => {
    const client = start({ shutdown: { closeCode: 1012 } }).connect();
    await rig.server.drain({ closeCode: undefined });
    expect(client.closed?.code).toBe(1012);
  });

  it('closes who comes meanwhile', async () => {
    const client = start().connect();
    slowHandler();
    client.send('SEND', { destination: '/app/a' });
    const drained = rig.server.drain({ closeCode: 1012, deadlineMs: 10 });
    expect(rig.open().closed?.code).toBe(1012);
    await drained;
  });

  it('leaves a client that said DISCONNECT its RECEIPT and its normal close', async () => {
    const client = start().connect();
    const finish = slowHandler();
    client.send('SEND', { destination: '/app/a' });
    client.send('DISCONNECT', { receipt: 'bye' });
    const drained = rig.server.drain();
    finish();
    await drained;
    expect(client.frames.at(-1)!.headers['receipt-id']).toBe('bye');
    expect(client.closed?.code).toBe(1000);
  });

  it('called twice is one end', () => {
    start();
    expect(rig.server.drain()).toBe(rig.server.drain());
    expect(refused).toBe(1);
  });

  it.each<[object, string]>([
    [{ closeCode: 1006 }, '"shutdown.closeCode" must be 1001 or 1012, not 1006'],
    [{ windowMs: NaN }, '"shutdown.windowMs" must be a whole number, or 0, not NaN'],
    [{ deadlineMs: Infinity }, '"shutdown.deadlineMs" must be a whole number, or 0, not Infinity'],
  ])('refuses %p, and can be called again', async (options, text) => {
    const client = start().connect();
    expect(() => rig.server.drain(options)).toThrow(`Option ${text}`);
    expect(refused).toBe(0);
    await rig.server.drain();
    expect(client.closed?.code).toBe(1001);
  });
});
