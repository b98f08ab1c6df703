import type { StompCommand } from './stomp-command.js';

/**
 * One STOMP frame. Headers are a flat list `[name, value, name, value, …]`, unescaped, in wire order, repeated ones
 * included: the first of a name counts (STOMP 1.2, Repeated Header Entries).
 */
export interface StompFrame {
  readonly command: StompCommand;
  readonly headers: string[];
  /** Octets; empty when there is no body. May be a view into the received chunk. */
  readonly body: Buffer;
}
