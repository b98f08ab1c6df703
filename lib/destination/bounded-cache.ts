/**
 * A Map that forgets what was not used for long, so that its entries never weigh more than `limit`. Takes constant time;
 * nothing is scanned to make room.
 */
export class BoundedCache<K, V> {
  private young = new Map<K, V>();
  private old = new Map<K, V>();
  private youngWeight = 0;

  /** @param weigh weight of an entry. @default 1 each */
  constructor(
    private readonly limit: number,
    private readonly weigh: (value: V) => number = () => 1,
  ) {}

  get(key: K): V | undefined {
    const value = this.young.get(key);
    if (value !== undefined) return value;
    const aged = this.old.get(key);
    if (aged === undefined) return undefined;
    this.old.delete(key);
    this.set(key, aged);
    return aged;
  }

  set(key: K, value: V): void {
    const before = this.young.get(key);
    if (before !== undefined) this.youngWeight -= this.weigh(before);
    const weight = this.weigh(value);
    if (this.youngWeight + weight > this.limit / 2) this.age();
    this.young.set(key, value);
    this.youngWeight += weight;
  }

  clear(): void {
    this.age();
    this.old = new Map();
  }

  private age(): void {
    this.old = this.young;
    this.young = new Map();
    this.youngWeight = 0;
  }
}
