import type { Handshake, StompPrincipal } from '../message/index.js';
import type { FrameBatch } from './frame-batch.js';

/** Told what happens on a connection; the session. Nothing is called after `onClose`. */
export interface ConnectionListener {
  /** One WebSocket message, or one SockJS message; text arrives as UTF-8. Nobody writes to the octets afterwards. */
  onData(octets: Buffer): void;
  /** The connection is over: once, for whatever reason. 1006 when it was lost. */
  onClose(code: number, reason: string): void;
  /** The client reads too slowly and its policy was applied; with `terminate`, `onClose` follows. */
  onSlow(policy: 'terminate' | 'drop-oldest', bufferedBytes: number): void;
}

/**
 * One client's connection as octets, whatever transport carries it. Made by a transport after the handshake was accepted.
 */
export interface Connection {
  readonly handshake: Handshake;
  /** Path of its endpoint. */
  readonly endpoint: string;
  /** `websocket`, or the SockJS transport's name. */
  readonly transport: string;
  /** Who the handshake said the client is. */
  readonly user: StompPrincipal | undefined;
  /** What handshake interceptors put there. */
  readonly attributes: Map<string, unknown>;
  /** Whether binary messages can be sent; SockJS has none. */
  readonly supportsBinary: boolean;
  /** Sub-protocol that was agreed (`v12.stomp`), empty without one. */
  readonly protocol: string;
  /** Octets that wait to be written. */
  readonly bufferedBytes: number;
  /** When octets last arrived or left: `performance.now()`. Any data counts, also control frames of the transport. */
  readonly lastReadAt: number;
  readonly lastWriteAt: number;
  /** Queues frames; they leave at the end of this turn of the event loop, in order. Ignored once closing. */
  write(batch: FrameBatch): void;
  /** Stops reading until `resume`; what was read already may still arrive. */
  pause(): void;
  resume(): void;
  /** A transport's own sign of life for clients without STOMP heart-beats: WebSocket ping, SockJS `h`. */
  ping(): void;
  /** Tells a SockJS transport that STOMP heart-beats make its own needless. */
  stopTransportHeartbeats(): void;
  /** Writes what waits, then closes with this code and reason; cut after a grace time. Later calls are ignored. */
  close(code: number, reason: string): void;
  /** Cuts the connection at once. */
  terminate(): void;
}

/** Takes over a connection that was accepted; the session room. */
export type ConnectionAcceptor = (connection: Connection) => ConnectionListener;
