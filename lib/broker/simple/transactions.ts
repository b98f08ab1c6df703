import type { Message } from '../../message/index.js';
import { octetsOf } from './held-message.js';
import { quoted } from '../../exception/index.js';
import { SimpleBrokerException, SimpleBrokerLimitException } from './simple-broker.exception.js';
import type { SimpleBrokerStatistics } from './statistics.js';

export interface TransactionLimits {
  readonly maxTransactions: number;
  readonly maxTransactionFrames: number;
  readonly maxTransactionBytes: number;
}

interface Transaction {
  readonly frames: Message[];
  bytes: number;
}

/** The open transactions of one session: SEND, ACK and NACK that wait for COMMIT. */
export class Transactions {
  private readonly open = new Map<string, Transaction>();
  private frames = 0;
  private bytes = 0;

  constructor(
    private readonly limits: TransactionLimits,
    private readonly statistics: SimpleBrokerStatistics,
  ) {}

  /** @throws SimpleBrokerException when it is open already */
  begin(id: string | undefined): void {
    const name = named(id);
    if (this.open.has(name))
      throw new SimpleBrokerException(
        'STOMP_ERR_TRANSACTION_DUPLICATE',
        `Transaction ${quoted(name)} is open already: COMMIT or ABORT it, or use another name`,
      );
    if (this.open.size >= this.limits.maxTransactions)
      throw this.tooMuch(`more than ${this.limits.maxTransactions} open transactions`);
    this.open.set(name, { frames: [], bytes: 0 });
    this.statistics.transactions++;
  }

  /** @throws SimpleBrokerException when it is not open, SimpleBrokerLimitException when it gets too large */
  add(id: string, frame: Message): void {
    const transaction = this.get(id);
    const bytes = octetsOf(frame);
    const { maxTransactionFrames, maxTransactionBytes } = this.limits;
    if (this.frames >= maxTransactionFrames)
      throw this.tooMuch(`more than ${maxTransactionFrames} frames in open transactions`);
    if (this.bytes + bytes > maxTransactionBytes)
      throw this.tooMuch(`more than ${maxTransactionBytes} octets in open transactions`);
    transaction.frames.push(frame);
    transaction.bytes += bytes;
    this.frames++;
    this.bytes += bytes;
  }

  /** Ends a transaction and gives its frames, in order. @throws SimpleBrokerException when it is not open */
  end(id: string | undefined): readonly Message[] {
    const name = named(id);
    const { frames, bytes } = this.get(name);
    this.open.delete(name);
    this.frames -= frames.length;
    this.bytes -= bytes;
    this.statistics.transactions--;
    return frames;
  }

  /** Aborts all. */
  clear(): void {
    for (const id of [...this.open.keys()]) this.end(id);
  }

  private get(id: string): Transaction {
    const transaction = this.open.get(id);
    if (transaction) return transaction;
    throw new SimpleBrokerException(
      'STOMP_ERR_TRANSACTION_UNKNOWN',
      `Transaction ${quoted(id)} is not open in this session: send BEGIN first`,
    );
  }

  private tooMuch(what: string): SimpleBrokerLimitException {
    return new SimpleBrokerLimitException(
      'STOMP_ERR_TRANSACTION_LIMIT',
      `A session may not have ${what}: COMMIT or ABORT earlier`,
    );
  }
}

function named(id: string | undefined): string {
  if (id !== undefined) return id;
  throw new SimpleBrokerException(
    'STOMP_ERR_TRANSACTION_MISSING',
    'A "transaction" header is required',
  );
}
