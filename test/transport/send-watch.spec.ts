import { jest } from '@jest/globals';
import { SendWatch, type WatchedSender } from '../../lib/transport/send-watch.js';

describe('SendWatch', () => {
  let watch: SendWatch;
  const timeouts: number[] = [];
  const sender = {
    unsentBytes: 10,
    progress: 0,
    onSendTimeout: (elapsedMs: number) => void timeouts.push(elapsedMs),
  };
  const watched: WatchedSender = sender;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    timeouts.splice(0);
    Object.assign(sender, { unsentBytes: 10, progress: 0 });
    watch = new SendWatch(10_000);
    watch.watch(watched);
  });
  afterEach(() => jest.useRealTimers());

  it('tells a sender whose client took nothing for the time, once', () => {
    jest.advanceTimersByTime(10_000);
    expect(timeouts).toEqual([]);
    jest.advanceTimersByTime(20_000);

    expect(timeouts).toEqual([11_000]);
  });

  it('begins anew whenever the client took something', () => {
    for (let i = 0; i < 10; i++) {
      sender.progress++;
      jest.advanceTimersByTime(9_000);
    }

    expect(timeouts).toEqual([]);
  });

  it('needs no timer when nobody is watched any more', () => {
    sender.unsentBytes = 0;
    jest.advanceTimersByTime(1_000);

    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not blame a client for a pause of this process', () => {
    const now = jest.spyOn(performance, 'now').mockReturnValue(60_000);
    jest.advanceTimersByTime(1_000);
    now.mockRestore();

    expect(timeouts).toEqual([]);
  });

  it('can be switched off', () => {
    const off = new SendWatch(0);
    watch.unwatch(watched);
    off.watch(watched);

    expect(jest.getTimerCount()).toBe(0);
  });
});
