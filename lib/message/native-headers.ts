import { inspect } from 'node:util';
import { StompException } from '../exception/index.js';

/**
 * Reads the headers of a STOMP frame.
 *
 * @publicApi
 */
export interface ReadonlyNativeHeaders extends Iterable<[name: string, value: string]> {
  readonly size: number;
  /** The first value of a name (STOMP 1.2, Repeated Header Entries), undefined without one. */
  get(name: string): string | undefined;
  /** All values of a name in wire order; empty without one. */
  getAll(name: string): string[];
  has(name: string): boolean;
  /** Each name with the list of its values, in wire order. */
  toObject(): Record<string, string[]>;
}

/**
 * The headers of a STOMP frame: an ordered list in which a name may be repeated. Names are case sensitive.
 *
 * @publicApi
 */
export class NativeHeaders implements ReadonlyNativeHeaders {
  private frozen = false;
  /** Whether another object has the same list, which is copied before it is changed. */
  private shared = false;

  /** @param flat `[name, value, …]`; owned by the new object from then on */
  constructor(private flat: string[] = []) {}

  static of(headers: Readonly<Record<string, string | readonly string[]>>): NativeHeaders {
    const native = new NativeHeaders();
    for (const [name, values] of Object.entries(headers)) {
      for (const value of typeof values === 'string' ? [values] : values) native.add(name, value);
    }
    return native;
  }

  get size(): number {
    return this.flat.length / 2;
  }

  get(name: string): string | undefined {
    const flat = this.flat;
    for (let i = 0; i < flat.length; i += 2) if (flat[i] === name) return flat[i + 1];
    return undefined;
  }

  getAll(name: string): string[] {
    const values: string[] = [];
    for (const [key, value] of this) if (key === name) values.push(value);
    return values;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Replaces all values of a name by one, at the place of the first. @throws StompException when frozen */
  set(name: string, value: string): void {
    const flat = this.toChange();
    let found = false;
    for (let i = 0; i < flat.length; i += 2) {
      if (flat[i] !== name) continue;
      if (found) {
        flat.splice(i, 2);
        i -= 2;
      } else {
        flat[i + 1] = value;
        found = true;
      }
    }
    if (!found) flat.push(name, value);
  }

  /** @throws StompException when frozen */
  add(name: string, value: string): void {
    this.toChange().push(name, value);
  }

  /** @throws StompException when frozen */
  delete(name: string): void {
    const flat = this.toChange();
    for (let i = flat.length - 2; i >= 0; i -= 2) if (flat[i] === name) flat.splice(i, 2);
  }

  *[Symbol.iterator](): Generator<[string, string]> {
    for (let i = 0; i < this.flat.length; i += 2) yield [this.flat[i]!, this.flat[i + 1]!];
  }

  /** The flat list itself, for encoders: not to be changed. */
  toFlat(): readonly string[] {
    return this.flat;
  }

  toObject(): Record<string, string[]> {
    const object: Record<string, string[]> = Object.create(null);
    for (const [name, value] of this) (object[name] ??= []).push(value);
    return object;
  }

  clone(): NativeHeaders {
    const clone = new NativeHeaders(this.flat);
    clone.shared = this.shared = true;
    return clone;
  }

  freeze(): void {
    this.frozen = true;
  }

  toJSON(): Record<string, string[]> {
    const object = this.toObject();
    if (object.passcode) object.passcode = ['PROTECTED'];
    return object;
  }

  [inspect.custom](): unknown {
    return this.toJSON();
  }

  /** The list, which is this object's own from now on. */
  private toChange(): string[] {
    if (this.frozen)
      throw new StompException(
        'Already immutable: headers can be changed in channel interceptors only; build a new message instead',
        { code: 'STOMP_ERR_HEADERS_IMMUTABLE' },
      );
    if (this.shared) this.flat = this.flat.slice();
    this.shared = false;
    return this.flat;
  }
}
