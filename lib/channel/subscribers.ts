import { SimpMessageType, type Message } from '../message/index.js';
import type { MessageHandler } from './message-handler.js';

type Handlers = readonly MessageHandler[];

/** One registration of a handler, which may have several. */
interface Entry {
  readonly handler: MessageHandler;
}

/** Where destinations and prefixes of them begin to differ: behind the first `/`. */
const TELLING = 1;
const ASCII = 128;

/**
 * The subscribers of a channel, in the order in which they came. Those that want some destinations only are looked up by
 * the second letter of a destination, so that most messages are not shown to those who have nothing to do with them.
 */
export class Subscribers {
  private entries: readonly Entry[] = [];
  private everyone: Handlers = [];
  private rest: Handlers = [];
  /** Who gets a MESSAGE, by the code of the letter; made when first needed. */
  private byLetter: readonly Handlers[] | undefined;

  /** All of them. */
  get all(): Handlers {
    return this.everyone;
  }

  /** Returns how to leave. */
  add(handler: MessageHandler): () => void {
    const entry = { handler };
    this.change([...this.entries, entry]);
    return () => this.change(this.entries.filter((other) => other !== entry));
  }

  /** Sets who gets the MESSAGEs that nobody wants who says what he wants. */
  setRest(handler: MessageHandler): void {
    this.rest = [handler];
    this.byLetter = undefined;
  }

  /** Those who may want a message; they look for themselves whether they do. */
  of({ headers: { fields } }: Message): Handlers {
    const { messageType, destination } = fields;
    if (messageType !== SimpMessageType.MESSAGE || destination === undefined) return this.everyone;
    return this.ofDestination(destination);
  }

  /** Those who may want a MESSAGE to a destination. */
  ofDestination(destination: string): Handlers {
    this.byLetter ??= this.sorted();
    return this.byLetter[destination.charCodeAt(TELLING)] ?? this.everyone;
  }

  private change(entries: readonly Entry[]): void {
    this.entries = entries;
    this.everyone = entries.map(({ handler }) => handler);
    this.byLetter = undefined;
  }

  private sorted(): readonly Handlers[] {
    return Array.from({ length: ASCII }, (_, code) => {
      const some = this.everyone.filter(({ destinationPrefixes = [] }) =>
        mayMatch(destinationPrefixes, code),
      );
      const isWanted = some.some(({ destinationPrefixes }) => destinationPrefixes !== undefined);
      return isWanted ? some : [...some, ...this.rest];
    });
  }
}

function mayMatch(prefixes: readonly string[], code: number): boolean {
  if (prefixes.length === 0) return true;
  return prefixes.some((one) => one.length <= TELLING || one.charCodeAt(TELLING) === code);
}
