import { quoted } from '../exception/index.js';
import type { Message } from '../message/index.js';
import { FrameRefusedException } from './frame-refused.exception.js';

/** A transaction that a session has open. */
export interface OpenTransaction {
  readonly id: string;
  /** The one that holds it; undefined until its first frame where there are several. */
  broker: number | undefined;
  /** What its broker has to see first. */
  readonly begin: Message<Buffer>;
}

/** The open transactions of one session, and which broker holds each. */
export class SessionTransactions {
  /** Made with the first one: most sessions have none. */
  private open: Map<string, OpenTransaction> | undefined;

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.open?.size ?? 0;
  }

  /** @throws FrameRefusedException when it is open already or there are too many */
  begin(id: string, begin: Message<Buffer>, broker: number | undefined): OpenTransaction {
    const open = (this.open ??= new Map());
    if (open.has(id))
      throw new FrameRefusedException(
        'STOMP_ERR_TRANSACTION_DUPLICATE',
        `Transaction ${quoted(id)} is open already`,
      );
    if (open.size >= this.limit)
      throw new FrameRefusedException(
        'STOMP_ERR_TRANSACTION_LIMIT',
        `Too many open transactions: a session may have ${this.limit}`,
      );
    const transaction = { id, broker, begin };
    open.set(id, transaction);
    return transaction;
  }

  /**
   * Says that a frame inside a transaction goes to this broker. Returns the BEGIN that the broker has to get before, if
   * this is its first. @throws FrameRefusedException when it is not open, or another broker holds it
   */
  use(id: string, broker: number): Message<Buffer> | undefined {
    const transaction = this.get(id);
    if (transaction.broker === broker) return undefined;
    if (transaction.broker !== undefined)
      throw new FrameRefusedException(
        'STOMP_ERR_TRANSACTION_BROKER',
        `Transaction ${quoted(id)} belongs to another broker: all destinations of a transaction must be of one broker`,
      );
    transaction.broker = broker;
    return transaction.begin;
  }

  /** Ends it and returns what it was. @throws FrameRefusedException when it is not open */
  end(id: string): OpenTransaction {
    const transaction = this.get(id);
    this.remove(transaction);
    return transaction;
  }

  remove({ id }: OpenTransaction): void {
    this.open?.delete(id);
  }

  restore(transaction: OpenTransaction): void {
    this.open?.set(transaction.id, transaction);
  }

  private get(id: string): OpenTransaction {
    const transaction = this.open?.get(id);
    if (transaction) return transaction;
    throw new FrameRefusedException(
      'STOMP_ERR_TRANSACTION_UNKNOWN',
      `Transaction ${quoted(id)} is not open in this session`,
    );
  }
}
