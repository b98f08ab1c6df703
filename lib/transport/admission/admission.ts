import type { TransportSettings } from '../transport-options.js';
import { TokenBuckets } from './token-buckets.js';

/** Seconds after which a client may try again when there are too many connections or the server is stopping. */
const RETRY_AFTER_SECONDS = 5;

/** Why a handshake is not let in. */
export interface Rejection {
  readonly reason: string;
  readonly retryAfterSeconds: number;
}

/** A connection's place among those that are allowed at the same time. */
export class Place {
  private isTaken = true;

  constructor(
    private readonly address: string,
    private readonly admission: { giveBack(address: string): void },
  ) {}

  /** Gives the place back; later calls do nothing. */
  leave(): void {
    if (!this.isTaken) return;
    this.isTaken = false;
    this.admission.giveBack(this.address);
  }
}

/** Counts connections, in all and for each address, and says when there are too many. */
export class Admission {
  /** While true, nobody is let in. */
  closed = false;
  private count = 0;
  private readonly addresses = new Map<string, number>();
  private readonly buckets: TokenBuckets | undefined;

  constructor(private readonly settings: TransportSettings) {
    if (settings.handshakeRate !== undefined)
      this.buckets = new TokenBuckets(settings.handshakeRate);
  }

  /** Lets a handshake from an address in, or says why not. */
  enter(address: string): Place | Rejection {
    const reason = this.refusalReason(address);
    if (reason !== undefined) return { reason, retryAfterSeconds: RETRY_AFTER_SECONDS };
    const waitMs = this.buckets?.take(address) ?? 0;
    if (waitMs > 0) {
      return { reason: 'too many handshakes', retryAfterSeconds: Math.ceil(waitMs / 1000) };
    }
    return this.place(address);
  }

  private refusalReason(address: string): string | undefined {
    if (this.closed) return 'the server is stopping';
    if (this.count >= this.settings.maxConnections) return 'too many connections';
    const { maxConnectionsPerAddress } = this.settings;
    if ((this.addresses.get(address) ?? 0) < maxConnectionsPerAddress) return undefined;
    return 'too many connections from one address';
  }

  private place(address: string): Place {
    this.count++;
    this.addresses.set(address, (this.addresses.get(address) ?? 0) + 1);
    return new Place(address, this);
  }

  /** A place of this address is free again. */
  giveBack(address: string): void {
    this.count--;
    const left = this.addresses.get(address)! - 1;
    if (left === 0) this.addresses.delete(address);
    else this.addresses.set(address, left);
  }
}
