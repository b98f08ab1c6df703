import { jest } from '@jest/globals';
import { commandOf, SessionRig, type RigOptions } from '../support/session-rig.js';

describe('the times of a session', () => {
  let rig: SessionRig;

  const start = (options?: RigOptions['options'], more: RigOptions = {}): SessionRig =>
    (rig = new SessionRig({ options: { heartbeatValue: [1000, 1000], ...options }, ...more }));

  const pass = (ms: number): void => void jest.advanceTimersByTime(ms);

  beforeEach(() => jest.useFakeTimers());

  afterEach(() => {
    rig.stop();
    jest.useRealTimers();
  });

  it('C1: a line feed leaves at least every MAX(sx,cy), however long the silence', () => {
    const client = start().connect({ 'heart-beat': '0,2000' });
    for (const second of [2, 4, 6]) {
      pass(2000);
      expect(client.heartbeats).toBe(second / 2);
    }
  });

  it('B10: no line feed leaves when the client wants none', () => {
    const client = start({ pingIntervalMs: 0 }).connect({ 'heart-beat': '0,0' });
    pass(60_000);
    expect([client.heartbeats, client.closed]).toEqual([0, undefined]);
  });

  it('no line feed leaves when the server sends none', () => {
    const client = start({ heartbeatValue: [0, 0] }).connect({ 'heart-beat': '0,500' });
    pass(5000);
    expect(client.heartbeats).toBe(0);
  });

  it('no line feed is put behind octets that wait', () => {
    const client = start().connect({ 'heart-beat': '0,1000' });
    client.bufferedBytes = 10;
    pass(5000);
    expect(client.heartbeats).toBe(0);
  });

  it('C2: a client silent for three of its periods gets an ERROR and 1002', () => {
    const client = start().connect({ 'heart-beat': '1000,0' });
    pass(2900);
    expect(client.closed).toBeUndefined();
    pass(300);
    expect(client.frames.at(-1)!.headers.message).toContain('Session closed');
    expect(client.closed?.code).toBe(1002);
    expect(rig.server.statistics.readTimeouts).toBe(1);
  });

  it('C3: any octets are a sign of life', () => {
    const client = start().connect({ 'heart-beat': '1000,0' });
    for (let i = 0; i < 10; i++) {
      pass(2500);
      client.sendOctets('\n');
    }
    expect(client.closed).toBeUndefined();
  });

  it('the read limit follows the slower of both sides', () => {
    const client = start().connect({ 'heart-beat': '5000,0' });
    pass(14_000);
    expect(client.closed).toBeUndefined();
    pass(1200);
    expect(client.closed?.code).toBe(1002);
  });

  it('the read limit rests while the client is not read', async () => {
    start({ maxFramesInFlight: 1 });
    let complete!: () => void;
    const client = rig.connect({ 'heart-beat': '1000,0' });
    rig.broker.onMessage = (message) => {
      if (commandOf(message) === 'SEND')
        return new Promise<void>((resolve) => (complete = resolve));
    };
    client.send('SEND', { destination: '/topic/a' });
    client.send('SEND', { destination: '/topic/a' });
    expect(client.isPaused).toBe(true);
    pass(10_000);
    expect(client.closed).toBeUndefined();
    complete();
    await jest.advanceTimersByTimeAsync(0);
    expect(client.isPaused).toBe(false);
    pass(2900);
    expect(client.closed).toBeUndefined();
    pass(300);
    expect(client.closed?.code).toBe(1002);
  });

  it('tells the transport that its own heart-beats are needless when the client beats', () => {
    start();
    expect(rig.connect({ 'heart-beat': '1000,0' }).transportHeartbeats).toBe(false);
    expect(rig.connect({ 'heart-beat': '0,1000' }).transportHeartbeats).toBe(true);
  });

  describe('pingIntervalMs', () => {
    it('pings a client without heart-beats when it is silent', () => {
      const client = start({ pingIntervalMs: 5000 }).connect();
      pass(5100);
      expect(client.pings).toBe(1);
      client.lastReadAt = performance.now();
      pass(4900);
      expect(client.pings).toBe(1);
      pass(300);
      expect(client.pings).toBe(2);
    });

    it('cuts a WebSocket that does not answer', () => {
      const client = start({ pingIntervalMs: 5000 }).connect();
      pass(10_300);
      expect(client.closed?.code).toBe(1006);
    });

    it('does not cut a transport whose pings nobody answers', () => {
      const client = start({ pingIntervalMs: 5000 }).connect({}, { transport: 'xhr_streaming' });
      pass(30_000);
      expect(client.pings).toBeGreaterThan(3);
      expect(client.closed).toBeUndefined();
    });

    it('does not ping a client that beats', () => {
      const client = start({ pingIntervalMs: 500 }).connect({ 'heart-beat': '1000,0' });
      pass(2000);
      expect(client.pings).toBe(0);
    });
  });

  it('closes with 4500 what is not connected within timeToFirstMessage', () => {
    const client = start({ timeToFirstMessage: 3000 }).open();
    pass(2900);
    expect(client.closed).toBeUndefined();
    pass(200);
    expect(client.frames[0]!.headers.message).toContain('within 3000 ms');
    expect(client.closed?.code).toBe(4500);
  });

  it('closes what hangs in authentication as well', () => {
    start({ timeToFirstMessage: 3000 }, { authenticate: () => new Promise(() => undefined) });
    const client = rig.connect();
    pass(3100);
    expect(client.closed?.code).toBe(4500);
  });

  it('lets a connected client stay', () => {
    const client = start({ timeToFirstMessage: 3000, pingIntervalMs: 0 }).connect();
    pass(100_000);
    expect(client.closed).toBeUndefined();
  });

  describe('expiresAt', () => {
    it('is announced, then ends the session with 4401', () => {
      const expiresAt = Date.now() + 120_000;
      const client = start({ pingIntervalMs: 0 }).connect({}, { user: { name: 'a', expiresAt } });
      pass(59_000);
      expect(rig.eventTypes()).not.toContain('sessionExpiring');
      pass(2000);
      expect(rig.eventLog.at(-1)).toMatchObject({ type: 'sessionExpiring', expiresAt });
      pass(57_000);
      expect(client.closed).toBeUndefined();
      pass(2200);
      expect(client.frames.at(-1)!.headers.message).toContain('expired');
      expect(client.closed?.code).toBe(4401);
    });

    it('may be a Date far away', () => {
      const expiresAt = new Date(Date.now() + 400 * 86_400_000);
      const client = start({ pingIntervalMs: 0 }).connect({}, { user: { name: 'a', expiresAt } });
      pass(300 * 86_400_000);
      expect(client.closed).toBeUndefined();
      pass(101 * 86_400_000);
      expect(client.closed?.code).toBe(4401);
    });

    it('counts anew when the user is renewed', () => {
      start({ pingIntervalMs: 0 });
      const client = rig.connect({}, { user: { name: 'a', expiresAt: Date.now() + 10_000 } });
      const { id } = rig.contextOf(client);
      rig.server.renewUser(id, { name: 'a', expiresAt: Date.now() + 90_000, roles: ['x'] });
      pass(80_000);
      expect(client.closed).toBeUndefined();
      expect(rig.contextOf(client).user!.roles).toEqual(['x']);
      pass(10_200);
      expect(client.closed?.code).toBe(4401);
    });
  });

  describe.each([
    ['on', 3_600_000],
    ['back', -3_600_000],
  ])('when the clock of the system is set %s by an hour', (_where, stepMs) => {
    const step = (): void => jest.setSystemTime(Date.now() + stepMs);

    it('go on as before', () => {
      const client = start().connect({ 'heart-beat': '1000,1000' });
      pass(500);
      step();
      pass(2000);
      expect(client.heartbeats).toBe(2);
      expect(client.closed).toBeUndefined();
      pass(800);
      expect(client.closed?.code).toBe(1002);
    });

    it('end credentials by the new time', () => {
      start({ heartbeatValue: [0, 0], pingIntervalMs: 1000 });
      const user = { name: 'a', expiresAt: Date.now() + 3_600_000 };
      const client = rig.connect({}, { user, transport: 'xhr_streaming' });
      step();
      pass(2000);
      expect(client.closed?.code).toBe(stepMs > 0 ? 4401 : undefined);
      pass(3_600_000);
      expect(client.closed?.code).toBe(stepMs > 0 ? 4401 : undefined);
      pass(3_600_000);
      expect(client.closed?.code).toBe(4401);
    });
  });

  it('a DISCONNECT waits no longer than five seconds for frames in work', async () => {
    start();
    const client = rig.connect();
    rig.broker.onMessage = (message) => {
      if (commandOf(message) === 'SEND') return new Promise(() => undefined);
    };
    client.send('SEND', { destination: '/topic/a', receipt: 'never' });
    await jest.advanceTimersByTimeAsync(0);
    client.send('DISCONNECT', { receipt: 'bye' });
    await jest.advanceTimersByTimeAsync(4800);
    expect(client.closed).toBeUndefined();
    await jest.advanceTimersByTimeAsync(400);
    expect(client.frames.at(-1)!.headers['receipt-id']).toBe('bye');
    expect(client.closed?.code).toBe(1000);
  });

  it('need one timer for all sessions, and none without a session', () => {
    start();
    const clients = Array.from({ length: 100 }, () => rig.connect({ 'heart-beat': '1000,1000' }));
    expect(jest.getTimerCount()).toBeLessThanOrEqual(2);
    clients.forEach((client) => client.leave());
    rig.flush();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('goes on for the others when one session fails at its time', () => {
    start();
    const [first, second] = [
      rig.connect({ 'heart-beat': '0,1000' }),
      rig.connect({ 'heart-beat': '0,1000' }),
    ];
    first.write = () => {
      throw new Error('broken');
    };
    pass(1100);
    expect(second.heartbeats).toBe(1);
  });
});
