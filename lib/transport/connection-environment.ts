import type { Handshake, StompPrincipal } from '../message/index.js';
import type { SendWatch } from './send-watch.js';
import type { SlowClients } from './slow-clients.js';
import type { TransportSettings } from './transport-options.js';
import type { TransportStats } from './transport-stats.js';
import type { Turn } from './turn.js';

/** What all connections of a server share. */
export interface ConnectionEnvironment {
  readonly settings: TransportSettings;
  readonly turn: Turn;
  readonly watch: SendWatch;
  readonly slowClients: SlowClients;
  readonly stats: TransportStats;
}

/** What the handshake said about a connection. */
export interface ConnectionOrigin {
  readonly handshake: Handshake;
  readonly endpoint: string;
  readonly user: StompPrincipal | undefined;
  /** What handshake interceptors put there; undefined without any. */
  readonly attributes: Map<string, unknown> | undefined;
}

/** How much is written at once: what waits leaves before the turn ends when it is more than this. */
export const FLUSH_BYTES = 65_536;
