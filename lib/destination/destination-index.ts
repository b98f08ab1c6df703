import { BoundedCache } from './bounded-cache.js';
import { DestinationBucket } from './destination-bucket.js';
import { isPattern } from './pattern-parser.js';
import { PatternIndex } from './pattern-index.js';

export interface DestinationIndexOptions {
  /** Separator of patterns. @default '/' */
  separator?: string;
  /**
   * How many destinations that only patterns match are remembered with those patterns (Spring: cacheLimit). What other
   * destinations match is kept with them and needs no bound. @default 65536
   */
  cacheLimit?: number;
  /**
   * How many values are kept in arrays joined from several subscribed destinations and patterns, in total; what was not
   * used for long is joined anew. @default 2000000
   */
  joinedValuesLimit?: number;
}

/** The destination itself, if it has values, and the patterns that match it. */
interface Matches<T> {
  readonly buckets: readonly DestinationBucket<T>[];
  /** The set of patterns they were found in. */
  patternSet: number;
}

interface Exact<T> {
  readonly bucket: DestinationBucket<T>;
  matches: Matches<T> | undefined;
}

interface Joined<T> {
  /** Sum of the changes of the buckets the values were joined from. */
  readonly changes: number;
  readonly values: readonly T[];
}

const NOTHING: readonly never[] = [];
/** Longer destinations are matched each time: senders choose them, and what they fill has to stay small. */
const CACHED_LENGTH = 512;

/**
 * Values (subscriptions) by destination or destination pattern. Finding takes the same time with ten and with a hundred
 * thousand of them; adding and removing take constant time, and count at once.
 */
export class DestinationIndex<T> {
  private readonly exact = new Map<string, Exact<T>>();
  private readonly patterns: PatternIndex<T>;
  private readonly cache: BoundedCache<string, Matches<T>>;
  private readonly joined: BoundedCache<Matches<T>, Joined<T>>;
  /** Raised when a pattern appears or goes. */
  private patternSet = 0;

  constructor(options: DestinationIndexOptions = {}) {
    const { separator = '/', cacheLimit = 65_536, joinedValuesLimit = 2_000_000 } = options;
    this.patterns = new PatternIndex(separator);
    this.cache = new BoundedCache(cacheLimit);
    this.joined = new BoundedCache(joinedValuesLimit, ({ values }) => values.length);
  }

  /** How many different destinations and patterns have values. */
  get size(): number {
    return this.exact.size + this.patterns.size;
  }

  /**
   * Adds a value; once for the same destination. A destination with `*`, `?` or `{…}` is a pattern.
   *
   * @throws BadPatternException when the pattern cannot be used
   */
  add(destination: string, value: T): void {
    if (isPattern(destination)) this.patternBucket(destination).add(value);
    else this.exactBucket(destination).add(value);
  }

  /** Removes a value from the destination or pattern it was added to; false when it is not there. */
  remove(destination: string, value: T): boolean {
    return isPattern(destination)
      ? this.removeFromPattern(destination, value)
      : this.removeFromExact(destination, value);
  }

  /**
   * The values whose destination equals this one or whose pattern matches it; a value that was added to two of them is
   * there twice. The same array, itself never changed, until the result changes; only an array joined from several
   * destinations and patterns may be made anew after it was not asked for for long.
   */
  find(destination: string): readonly T[] {
    const exact = this.exact.get(destination);
    if (this.patterns.size === 0) return exact ? exact.bucket.values : NOTHING;
    const known = exact ? exact.matches : this.cache.get(destination);
    if (known?.patternSet === this.patternSet) return this.valuesOf(known);
    const matches = this.match(destination, exact?.bucket, known);
    if (exact) exact.matches = matches;
    else if (destination.length <= CACHED_LENGTH) this.cache.set(destination, matches);
    return this.valuesOf(matches);
  }

  private match(
    destination: string,
    own: DestinationBucket<T> | undefined,
    known: Matches<T> | undefined,
  ): Matches<T> {
    const found = this.patterns.find(destination);
    const buckets = own ? [own, ...found] : found;
    const isSame = buckets.length === known?.buckets.length;
    if (!isSame || !buckets.every((bucket, i) => bucket === known.buckets[i]))
      return { buckets, patternSet: this.patternSet };
    known.patternSet = this.patternSet;
    return known;
  }

  private valuesOf(matches: Matches<T>): readonly T[] {
    const { buckets } = matches;
    if (buckets.length === 0) return NOTHING;
    if (buckets.length === 1) return buckets[0]!.values;
    let changes = 0;
    for (const bucket of buckets) changes += bucket.changes;
    const joined = this.joined.get(matches);
    if (joined?.changes === changes) return joined.values;
    const values = buckets.flatMap((bucket) => bucket.values);
    this.joined.set(matches, { changes, values });
    return values;
  }

  private exactBucket(destination: string): DestinationBucket<T> {
    let exact = this.exact.get(destination);
    if (!exact) {
      exact = { bucket: new DestinationBucket<T>(), matches: undefined };
      this.exact.set(destination, exact);
    }
    return exact.bucket;
  }

  private patternBucket(pattern: string): DestinationBucket<T> {
    const bucket = this.patterns.get(pattern);
    if (bucket) return bucket;
    const created = this.patterns.create(pattern);
    this.patternSet++;
    return created;
  }

  private removeFromExact(destination: string, value: T): boolean {
    const exact = this.exact.get(destination);
    if (!exact?.bucket.remove(value)) return false;
    if (exact.bucket.size === 0) this.exact.delete(destination);
    return true;
  }

  private removeFromPattern(pattern: string, value: T): boolean {
    const bucket = this.patterns.get(pattern);
    if (!bucket?.remove(value)) return false;
    if (bucket.size > 0) return true;
    this.patterns.delete(pattern);
    this.patternSet++;
    if (this.patterns.size > 0) return true;
    this.cache.clear();
    this.joined.clear();
    return true;
  }
}
