import { DestinationBucket } from './destination-bucket.js';
import { DestinationPattern, segmentsOf } from './destination-pattern.js';

interface PatternEntry<T> {
  readonly pattern: DestinationPattern;
  readonly bucket: DestinationBucket<T>;
}

/**
 * Patterns by their literal beginning, so that a destination is compared only with those that begin as it does: one
 * look-up for each different length of such beginnings.
 */
export class PatternIndex<T> {
  private readonly entries = new Map<string, PatternEntry<T>>();
  private readonly byPrefix = new Map<string, PatternEntry<T>[]>();
  /** How many prefixes of each length there are. */
  private readonly lengths = new Map<number, number>();
  private readonly doubled: string;

  constructor(private readonly separator: string) {
    this.doubled = separator + separator;
  }

  get size(): number {
    return this.entries.size;
  }

  get(pattern: string): DestinationBucket<T> | undefined {
    return this.entries.get(pattern)?.bucket;
  }

  /** @throws BadPatternException when the pattern cannot be used */
  create(text: string): DestinationBucket<T> {
    const pattern = new DestinationPattern(text, this.separator);
    const entry = { pattern, bucket: new DestinationBucket<T>() };
    this.entries.set(text, entry);
    const prefix = this.withoutEmptySegments(pattern.literalPrefix);
    const peers = this.byPrefix.get(prefix);
    if (peers) peers.push(entry);
    else {
      this.byPrefix.set(prefix, [entry]);
      this.lengths.set(prefix.length, (this.lengths.get(prefix.length) ?? 0) + 1);
    }
    return entry.bucket;
  }

  delete(text: string): void {
    const entry = this.entries.get(text);
    if (!entry) return;
    this.entries.delete(text);
    const prefix = this.withoutEmptySegments(entry.pattern.literalPrefix);
    const peers = this.byPrefix.get(prefix)!;
    peers.splice(peers.indexOf(entry), 1);
    if (peers.length > 0) return;
    this.byPrefix.delete(prefix);
    const left = this.lengths.get(prefix.length)! - 1;
    if (left > 0) this.lengths.set(prefix.length, left);
    else this.lengths.delete(prefix.length);
  }

  /** The values of each pattern that matches. */
  find(destination: string): DestinationBucket<T>[] {
    const found: DestinationBucket<T>[] = [];
    const plain = this.withoutEmptySegments(destination);
    const path = segmentsOf(destination, this.separator);
    for (const length of this.lengths.keys()) {
      if (length > plain.length) continue;
      for (const { pattern, bucket } of this.byPrefix.get(plain.slice(0, length)) ?? [])
        if (pattern.matchesPath(destination, path)) found.push(bucket);
    }
    return found;
  }

  /** Runs of separators count as one in matching. */
  private withoutEmptySegments(text: string): string {
    let plain = text;
    while (plain.includes(this.doubled)) plain = plain.replaceAll(this.doubled, this.separator);
    return plain;
  }
}
