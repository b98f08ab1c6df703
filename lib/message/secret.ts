import { inspect } from 'node:util';

/** Holds a text that must not get into logs, errors or dumps: every way to print it gives `[PROTECTED]`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[PROTECTED]';
  }

  toJSON(): string {
    return '[PROTECTED]';
  }

  [inspect.custom](): string {
    return '[PROTECTED]';
  }
}
