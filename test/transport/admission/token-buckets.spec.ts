import { jest } from '@jest/globals';
import { TokenBuckets } from '../../../lib/transport/admission/token-buckets.js';

describe('TokenBuckets', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('starts full, and says how long an empty bucket takes to have a token', () => {
    const buckets = new TokenBuckets({ perSecond: 2 });

    expect([buckets.take('a'), buckets.take('a'), buckets.take('a')]).toEqual([0, 0, 500]);
    expect(buckets.take('b')).toBe(0);
  });

  it('fills up to its burst', () => {
    const buckets = new TokenBuckets({ perSecond: 10, burst: 1 });
    buckets.take('a');
    jest.advanceTimersByTime(10_000);

    expect([buckets.take('a'), buckets.take('a')]).toEqual([0, 100]);
  });

  it('refuses nobody the longer when the clock of the system is set back', () => {
    const buckets = new TokenBuckets({ perSecond: 10, burst: 1 });
    buckets.take('a');
    jest.setSystemTime(Date.now() - 3_600_000);

    expect(buckets.take('a')).toBe(100);
  });

  it('forgets addresses whose bucket is full again', () => {
    const buckets = new TokenBuckets({ perSecond: 10, burst: 10 });
    for (let i = 0; i < 1_000; i++) buckets.take(`address ${i}`);
    jest.advanceTimersByTime(1_001);
    buckets.take('last');

    expect(buckets.size).toBe(1);
  });
});
