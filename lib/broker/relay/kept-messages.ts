import type { Message } from '../../message/index.js';

/** A message, and who waits for it to be sent. */
interface Kept {
  readonly message: Message;
  readonly resolve?: () => void;
  readonly reject?: (error: unknown) => void;
}

type Send = (message: Message) => Promise<void> | undefined;

/** Messages of the application that wait for the broker to come back, in their order. */
export class KeptMessages {
  private kept: Kept[] = [];

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.kept.length;
  }

  get isFull(): boolean {
    return this.kept.length >= this.limit;
  }

  /** A promise when somebody waits for the message: it settles when the message was sent, or never will be. */
  keep(message: Message): Promise<void> | undefined {
    if (message.headers.fields.confirm)
      return new Promise((resolve, reject) => this.kept.push({ message, resolve, reject }));
    this.kept.push({ message });
    return undefined;
  }

  /** Sends all, at once; `onLost` is told of those that failed and nobody waits for. */
  sendAll(send: Send, onLost: (error: unknown) => void): void {
    for (const one of this.takeAll()) void sendKept(one, send, onLost);
  }

  refuseAll(error: Error): void {
    for (const { reject } of this.takeAll()) reject?.(error);
  }

  private takeAll(): Kept[] {
    const { kept } = this;
    this.kept = [];
    return kept;
  }
}

async function sendKept(
  { message, resolve, reject }: Kept,
  send: Send,
  onLost: (error: unknown) => void,
): Promise<void> {
  try {
    await send(message);
    resolve?.();
  } catch (error) {
    (reject ?? onLost)(error);
  }
}
