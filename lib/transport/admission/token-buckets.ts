import type { HandshakeRate } from '../transport-options.js';

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** A token bucket for each address. Full buckets are forgotten, so there are never more than addresses seen lately. */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();
  private readonly perMs: number;
  private readonly burst: number;
  private sweptAt = performance.now();

  constructor({ perSecond, burst = perSecond }: HandshakeRate) {
    this.perMs = perSecond / 1000;
    this.burst = Math.max(1, burst);
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.buckets.size;
  }

  /** Takes a token. 0 when there was one, else the milliseconds until there is. */
  take(address: string): number {
    const now = performance.now();
    this.sweep(now);
    const bucket = this.bucketOf(address, now);
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / this.perMs);
    bucket.tokens--;
    return 0;
  }

  private bucketOf(address: string, now: number): Bucket {
    const bucket = this.buckets.get(address);
    if (bucket === undefined) {
      const fresh = { tokens: this.burst, filledAt: now };
      this.buckets.set(address, fresh);
      return fresh;
    }
    bucket.tokens = Math.min(this.burst, bucket.tokens + (now - bucket.filledAt) * this.perMs);
    bucket.filledAt = now;
    return bucket;
  }

  /** Once in the time that an empty bucket needs to fill. */
  private sweep(now: number): void {
    const fillMs = this.burst / this.perMs;
    if (now - this.sweptAt < fillMs) return;
    this.sweptAt = now;
    for (const [address, bucket] of this.buckets) {
      if (now - bucket.filledAt >= fillMs) this.buckets.delete(address);
    }
  }
}
