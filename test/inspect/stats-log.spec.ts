import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { simpleBroker, stompBrokerRelay } from '../../lib/broker/index.js';
import { StatsLog, statsLine, StompStats } from '../../lib/inspect/index.js';
import { SimpUserRegistry } from '../../lib/user/index.js';
import { SessionRig } from '../support/session-rig.js';

describe('the log of the statistics', () => {
  let rig: SessionRig;
  let stats: StompStats;

  beforeEach(() => {
    rig = new SessionRig();
    stats = new StompStats({
      name: undefined,
      brokers: [simpleBroker(), stompBrokerRelay({ name: 'rabbit' })],
      registry: new SimpUserRegistry(rig.events, rig.outbound),
      server: rig.server,
      handler: undefined,
      endpoints: undefined,
    });
  });

  afterEach(() => {
    jest.useRealTimers();
    rig.stop();
  });

  it('has one line in the manner of Spring', () => {
    rig.connect().send('SUBSCRIBE', { id: '1', destination: '/topic/a' });
    rig.open({ transport: 'xhr_streaming' }).leave();
    expect(statsLine(stats.snapshot())).toBe(
      'WebSocketSession[1 current websocket(1)-xhr_streaming(0), 2 total, ' +
        '1 closed abnormally (1 connect failure, 0 send limit, 0 transport error)], ' +
        `stompSubProtocol[in CONNECT(1)-SUBSCRIBE(1) ${rig.server.statistics.bytesIn} bytes, ` +
        `out CONNECTED(1) ${rig.server.statistics.bytesOut} bytes], subscriptions[1], ` +
        'users[0, 1 anonymous sessions], sendBuffers[0 bytes, 0 closed slow, 0 frames dropped], ' +
        'handlers[0 calls, 0 failed, 0 running, 0 streams], ' +
        'broker simple[not available, 0 published, 0 delivered, 0 waiting, 0 unacknowledged, 0 dropped], ' +
        'broker rabbit[not available, 0 connections, 0 shared subscriptions, 0 reconnects, 0 waiting, in 0 bytes, out 0 bytes]',
    );
  });

  it('names an instance that has a name', () => {
    const line = statsLine({ ...stats.snapshot(), instance: 'second' });
    expect(line).toMatch(/^second: WebSocketSession\[/);
  });

  function logged(intervalMs: number, elapsedMs: number): number {
    jest.useFakeTimers();
    const write = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    const log = new StatsLog(stats, intervalMs);
    log.start();
    jest.advanceTimersByTime(elapsedMs);
    log.stop();
    jest.advanceTimersByTime(elapsedMs);
    const { length } = write.mock.calls;
    write.mockRestore();
    return length;
  }

  it('is written at its interval until it is stopped', () => {
    expect(logged(1000, 3500)).toBe(3);
  });

  it('is off at 0', () => {
    expect(logged(0, 100_000)).toBe(0);
  });

  it.each([NaN, -1, Infinity, 2 ** 31])('refuses an interval of %p', (intervalMs) => {
    expect(() => new StatsLog(stats, intervalMs)).toThrow('Option "statsLogIntervalMs" must be');
  });
});
