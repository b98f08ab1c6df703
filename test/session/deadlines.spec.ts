import { jest } from '@jest/globals';
import { Deadline, Deadlines } from '../../lib/session/deadlines.js';

class Alarm extends Deadline {
  readonly calls: number[] = [];

  constructor(private readonly then: () => void = () => undefined) {
    super();
  }

  onDue(now: number): void {
    this.calls.push(now);
    this.then();
  }
}

describe('Deadlines', () => {
  const errors: unknown[] = [];
  let deadlines: Deadlines;
  const at = (ms: number): number => performance.now() + ms;

  beforeEach(() => {
    jest.useFakeTimers();
    errors.length = 0;
    deadlines = new Deadlines((error) => errors.push(error));
  });

  afterEach(() => jest.useRealTimers());

  it('calls once, not before the time and less than 100 ms after', () => {
    const alarm = new Alarm();
    const due = at(1234);
    deadlines.schedule(alarm, due);
    jest.advanceTimersByTime(5000);
    expect(alarm.calls).toHaveLength(1);
    expect(alarm.calls[0]! - due).toBeGreaterThanOrEqual(0);
    expect(alarm.calls[0]! - due).toBeLessThan(100);
  });

  it('takes an earlier time for a later one, and the other way round', () => {
    const [sooner, later] = [new Alarm(), new Alarm()];
    deadlines.schedule(sooner, at(5000));
    deadlines.schedule(sooner, at(1000));
    deadlines.schedule(later, at(1000));
    deadlines.schedule(later, at(5000));
    jest.advanceTimersByTime(2000);
    expect([sooner.calls.length, later.calls.length]).toEqual([1, 0]);
    jest.advanceTimersByTime(4000);
    expect([sooner.calls.length, later.calls.length]).toEqual([1, 1]);
  });

  it('keeps no timer when nothing waits', () => {
    const alarm = new Alarm();
    deadlines.schedule(alarm, at(1000));
    expect([deadlines.size, jest.getTimerCount()]).toEqual([1, 1]);
    deadlines.cancel(alarm);
    expect([deadlines.size, jest.getTimerCount()]).toEqual([0, 0]);
  });

  it('does not call what one before it in the same moment cancelled', () => {
    const second = new Alarm();
    const first = new Alarm(() => deadlines.cancel(second));
    deadlines.schedule(first, at(1000));
    deadlines.schedule(second, at(1000));
    jest.advanceTimersByTime(2000);
    expect(second.calls).toEqual([]);
  });

  it('goes on when one of them throws', () => {
    const second = new Alarm();
    const first = new Alarm(() => {
      throw new Error('x');
    });
    deadlines.schedule(first, at(1000));
    deadlines.schedule(second, at(1000));
    jest.advanceTimersByTime(2000);
    expect([second.calls.length, errors.length]).toEqual([1, 1]);
  });

  it('does not spin on a time that is over', () => {
    const alarm: Alarm = new Alarm(() => {
      if (alarm.calls.length < 50) deadlines.schedule(alarm, 0);
    });
    deadlines.schedule(alarm, 0);
    jest.advanceTimersByTime(1000);
    expect(alarm.calls.length).toBeLessThanOrEqual(11);
  });
});
