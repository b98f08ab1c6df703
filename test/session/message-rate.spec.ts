import { jest } from '@jest/globals';
import { SessionRig, type RigOptions } from '../support/session-rig.js';

describe('messageRate', () => {
  let rig: SessionRig;

  const start = (options: RigOptions['options']): SessionRig => (rig = new SessionRig({ options }));

  function sends(count: number, client = rig.connect()): typeof client {
    for (let i = 0; i < count; i++) client.send('SEND', { destination: '/topic/a' });
    return client;
  }

  beforeEach(() => jest.useFakeTimers());

  afterEach(() => {
    rig.stop();
    jest.useRealTimers();
  });

  it('is off when it is not given', () => {
    start({});
    expect(sends(10_000).isPaused).toBe(false);
  });

  it('lets a burst through, CONNECT included', () => {
    start({ messageRate: { perSecond: 10, burst: 20 } });
    expect(sends(19).isPaused).toBe(false);
  });

  it('does not read a session beyond it, and reads again when it may', () => {
    start({ messageRate: { perSecond: 10, burst: 20 } });
    const client = sends(20);
    expect(client.isPaused).toBe(true);
    jest.advanceTimersByTime(300);
    expect(client.isPaused).toBe(false);
    expect(sends(1, client).isPaused).toBe(false);
  });

  it('handles what was read already, and makes the pause longer', () => {
    start({ messageRate: { perSecond: 10 } });
    const client = sends(29);
    expect(rig.broker.commands().filter((command) => command === 'SEND')).toHaveLength(29);
    jest.advanceTimersByTime(1900);
    expect(client.isPaused).toBe(true);
    jest.advanceTimersByTime(300);
    expect(client.isPaused).toBe(false);
  });

  it('does not count heart-beats', () => {
    start({ messageRate: { perSecond: 1, burst: 2 } });
    const client = rig.connect();
    client.sendOctets('\n'.repeat(100));
    expect(client.isPaused).toBe(false);
  });

  it('does not take the pause for silence of the client', () => {
    start({ messageRate: { perSecond: 1 }, heartbeatValue: [0, 1000] });
    const client = sends(20, rig.connect({ 'heart-beat': '1000,0' }));
    jest.advanceTimersByTime(15_000);
    expect([client.isPaused, client.closed]).toEqual([true, undefined]);
  });

  it('slows only the session that is too fast', () => {
    start({ messageRate: { perSecond: 1, burst: 5 } });
    const other = rig.connect();
    sends(50);
    expect(sends(1, other).isPaused).toBe(false);
  });

  it.each<[unknown, string]>([
    [{ perSecond: 0 }, 'messageRate.perSecond'],
    [{ perSecond: 1, burst: -1 }, 'messageRate.burst'],
    [{ burst: 1 }, 'messageRate.perSecond'],
    [5, 'messageRate'],
  ])('refuses %j', (messageRate, name) => {
    start({});
    const options = { messageRate } as RigOptions['options'];
    expect(() => new SessionRig({ options })).toThrow(`Option "${name}" must be`);
  });

  it('takes a burst that is undefined as absent', () => {
    start({ messageRate: { perSecond: 3, burst: undefined } });
    expect([sends(1).isPaused, sends(50).isPaused]).toEqual([false, true]);
  });
});
