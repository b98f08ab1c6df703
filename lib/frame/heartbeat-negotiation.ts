import { StompFrameException } from './stomp-frame.exception.js';

/** `[can send every, wants to receive every]` in milliseconds; 0 is never. */
export type Heartbeat = readonly [sends: number, wants: number];

/** What two sides agreed on, in milliseconds; 0 is none. */
export interface AgreedHeartbeat {
  /** The server sends something at least this often. */
  readonly serverSends: number;
  /** The client sends something at least this often. */
  readonly clientSends: number;
}

const NONE: Heartbeat = [0, 0];

/**
 * Reads a `heart-beat` header. Without one, and as in Spring with one that has no comma, there are no heart-beats.
 *
 * @throws StompFrameException when it does not consist of two non-negative integers
 */
export function parseHeartbeat(header: string | undefined): Heartbeat {
  if (header?.includes(',') !== true) return NONE;
  const parts = /^(\d{1,15}),(\d{1,15})$/.exec(header);
  if (parts) return [Number(parts[1]), Number(parts[2])];
  throw new StompFrameException(
    'Header heart-beat must be two numbers of milliseconds: <sends>,<wants>',
    'STOMP_ERR_BAD_HEARTBEAT',
  );
}

/** STOMP 1.2, Heart-beating: each direction has the longer of the two times, and none when a side said 0. */
export function negotiateHeartbeat(client: Heartbeat, server: Heartbeat): AgreedHeartbeat {
  return {
    serverSends: agree(server[0], client[1]),
    clientSends: agree(client[0], server[1]),
  };
}

function agree(sends: number, wants: number): number {
  return sends === 0 || wants === 0 ? 0 : Math.max(sends, wants);
}
