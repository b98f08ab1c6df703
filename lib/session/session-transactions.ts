import { quoted } from '../exception/index.js';
import type { Message } from '../message/index.js';
import { FrameRefusedException, limitExceeded } from './frame-refused.exception.js';

/** A transaction that a session has open. */
export interface OpenTransaction {
  readonly id: string;
  /** The one that holds it; undefined until its first frame where there are several. */
  broker: number | undefined;
  /** What its broker has to see first. */
  readonly begin: Message<Buffer>;
}

export interface SessionTransactionLimits {
  readonly maxTransactions: number;
  readonly maxTransactionFrames: number;
  readonly maxTransactionBytes: number;
}

/** The open transactions of one session, which broker holds each, and what of them no broker has confirmed. */
export class SessionTransactions {
  /** Made with the first one: most sessions have none. */
  private open: Map<string, OpenTransaction> | undefined;
  private frames = 0;
  private bytes = 0;

  constructor(private readonly limits: SessionTransactionLimits) {}

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
    const { maxTransactions } = this.limits;
    if (open.size >= maxTransactions)
      throw limitExceeded(
        'STOMP_ERR_TRANSACTION_LIMIT',
        `Too many open transactions: a session may have ${maxTransactions}`,
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

  /** @throws FrameRefusedException when too much waits for its RECEIPT to take a frame of so many octets */
  checkRoom(bytes: number): void {
    const { maxTransactionFrames, maxTransactionBytes } = this.limits;
    if (this.frames >= maxTransactionFrames) tooMuch(`${maxTransactionFrames} frames`);
    if (this.bytes + bytes > maxTransactionBytes) tooMuch(`${maxTransactionBytes} octets`);
  }

  /** A frame waits for its RECEIPT until `confirmed`. */
  awaitReceipt(bytes: number): void {
    this.frames++;
    this.bytes += bytes;
  }

  confirmed(bytes: number): void {
    this.frames--;
    this.bytes -= bytes;
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

function tooMuch(what: string): never {
  throw limitExceeded(
    'STOMP_ERR_TRANSACTION_LIMIT',
    `The broker has not confirmed ${what} of transactions, no more may wait: ask a receipt of COMMIT only, or COMMIT earlier`,
  );
}
