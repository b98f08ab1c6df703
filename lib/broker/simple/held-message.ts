import { Buffer } from 'node:buffer';
import { Message } from '../../message/index.js';

/** The queue of a message, as those see it who have the message in hands. */
export interface HeldMessageOwner {
  /** The message is done with. */
  finish(held: HeldMessage): void;
  /** These come back: to others, to their old place, or to the dead after too many attempts. */
  takeBack(messages: readonly HeldMessage[]): void;
}

/** A message that waits, with what is known of its way so far. */
export class HeldMessage {
  readonly bytes: number;
  /** How often it was handed to a consumer. */
  attempts = 0;
  /** The consumer that refused it last; others come first. */
  refusedBy: number | undefined;
  list: HeldMessages | undefined;
  previous: HeldMessage | undefined;
  next: HeldMessage | undefined;

  /** @param expiresAt by the clock of `performance.now()` */
  constructor(
    public message: Message,
    readonly messageId: string,
    readonly sequence = 0,
    readonly expiresAt = Infinity,
    readonly owner?: HeldMessageOwner,
  ) {
    this.bytes = octetsOf(message);
  }

  /** Makes it fit for waiting long. */
  detach(): void {
    this.message = detached(this.message);
  }
}

/** Messages in the order of their sequence. Takes the same time whatever waits, but for `putBack`. */
export class HeldMessages {
  first: HeldMessage | undefined;
  size = 0;
  bytes = 0;
  private last: HeldMessage | undefined;

  push(held: HeldMessage): void {
    this.insertBehind(this.last, held);
  }

  /** Puts a message back to its place, behind those that are older. */
  putBack(held: HeldMessage): void {
    let behind: HeldMessage | undefined;
    let at = this.first;
    while (at !== undefined && at.sequence < held.sequence) {
      behind = at;
      at = at.next;
    }
    this.insertBehind(behind, held);
  }

  has(held: HeldMessage): boolean {
    return held.list === this;
  }

  remove(held: HeldMessage): void {
    const { previous, next } = held;
    if (previous) previous.next = next;
    else this.first = next;
    if (next) next.previous = previous;
    else this.last = previous;
    held.list = held.previous = held.next = undefined;
    this.size--;
    this.bytes -= held.bytes;
  }

  shift(): HeldMessage | undefined {
    const { first } = this;
    if (first) this.remove(first);
    return first;
  }

  private insertBehind(previous: HeldMessage | undefined, held: HeldMessage): void {
    const next = previous ? previous.next : this.first;
    held.list = this;
    held.previous = previous;
    held.next = next;
    if (previous) previous.next = held;
    else this.first = held;
    if (next) next.previous = held;
    else this.last = held;
    this.size++;
    this.bytes += held.bytes;
  }
}

/** Octets that a message keeps, about. */
export function octetsOf({ payload, headers }: Message): number {
  let octets = (payload as Buffer).length;
  for (const text of headers.fields.native.toFlat()) octets += text.length;
  return octets;
}

/**
 * The message for keeping: without its session, which may end before, and with octets of its own, so that not a whole
 * received chunk is kept for some of them.
 */
export function detached(message: Message): Message {
  const payload = message.payload as Buffer;
  if (message.headers.fields.session === undefined && isCompact(payload)) return message;
  const headers = message.headers.clone();
  headers.fields.sessionId = headers.sessionId;
  headers.fields.session = undefined;
  headers.freeze();
  if (isCompact(payload)) return new Message(payload, headers);
  const octets = Buffer.allocUnsafeSlow(payload.length);
  payload.copy(octets);
  return new Message(octets, headers);
}

function isCompact(payload: Buffer): boolean {
  return payload.buffer.byteLength <= 2 * payload.length;
}
