import type { Message } from '../../message/index.js';

/** A message, and who waits for it to be sent. */
interface Kept {
  readonly message: Message;
  readonly resolve?: () => void;
  readonly reject?: (error: unknown) => void;
}

type Send = (message: Message) => Promise<void> | undefined;

/** What they are sent on. */
interface Line {
  readonly isUp: boolean;
  whenDrained(): Promise<void> | undefined;
}

/** Messages of the application that wait for the broker to come back, in their order. */
export class KeptMessages {
  private readonly kept = new Set<Kept>();
  private isSending = false;

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.kept.size;
  }

  get isFull(): boolean {
    return this.kept.size >= this.limit;
  }

  /** A promise when somebody waits for the message: it settles when the message was sent, or never will be. */
  keep(message: Message): Promise<void> | undefined {
    if (message.headers.fields.confirm)
      return new Promise((resolve, reject) => this.kept.add({ message, resolve, reject }));
    this.kept.add({ message });
    return undefined;
  }

  /**
   * Sends all, and behind them what is kept meanwhile, as fast as the line takes it; what is left when the line is lost stays
   * for the next time. `onLost` is told of those that failed and nobody waits for.
   */
  async sendAll(line: Line, send: Send, onLost: (error: unknown) => void): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    for (const one of this.kept) {
      if (!line.isUp) break;
      this.kept.delete(one);
      void sendKept(one, send, onLost);
      const drained = line.whenDrained();
      if (drained) await drained;
    }
    this.isSending = false;
  }

  /** Gives how many are lost that nobody waits for. */
  refuseAll(error: Error): number {
    let lost = 0;
    for (const { reject } of this.kept)
      if (reject) reject(error);
      else lost++;
    this.kept.clear();
    return lost;
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
