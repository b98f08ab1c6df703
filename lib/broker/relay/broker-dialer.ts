import { connect as connectTcp, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { BrokerAddress, StompBrokerRelayOptions } from './stomp-broker-relay-options.js';

/** A stream to a broker, which may still be connecting, and where it goes. */
export interface Dialed {
  readonly stream: Duplex;
  readonly address: BrokerAddress;
  /** Tells the dialer that the address works: the next attempts go there. */
  readonly worked: () => void;
  /** Tells the dialer that the address did not work: the next attempt goes to the next one. */
  readonly failed: () => void;
}

/** Opens streams to the broker: to the address that worked last, after a failure to the next one. */
export class BrokerDialer {
  private next = 0;

  constructor(private readonly options: StompBrokerRelayOptions) {}

  /** Whether all connections have to be at one address: a function says itself where each goes. */
  get isOneAddress(): boolean {
    return typeof this.options.hosts !== 'function';
  }

  async dial(): Promise<Dialed> {
    const attempt = this.next;
    const worked = (): void => void (this.next = attempt);
    // Several connections may fail at the same address: together they leave it once.
    const failed = (): void => {
      if (this.next === attempt) this.next++;
    };
    try {
      const address = await this.address();
      return { stream: this.open(address), address, worked, failed };
    } catch (error) {
      failed();
      throw error;
    }
  }

  private async address(): Promise<BrokerAddress> {
    const { hosts, host = '127.0.0.1', port = 61613 } = this.options;
    if (typeof hosts === 'function') return hosts();
    return hosts?.[this.next % hosts.length] ?? { host, port };
  }

  private open(address: BrokerAddress): Duplex {
    const { connect, tls } = this.options;
    if (connect) return connect(address);
    const { host, port } = address;
    if (!tls) return connectTcp({ host, port, noDelay: true });
    // RFC 6066, Server Name Indication: an address is not permitted there.
    const name = isIP(host) ? {} : { servername: host };
    return connectTls({ ...name, ...(tls === true ? {} : tls), host, port });
  }
}

export function addressText({ host, port }: BrokerAddress): string {
  return `${host}:${port}`;
}
