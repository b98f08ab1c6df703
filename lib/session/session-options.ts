import {
  checkBoolean,
  checkBound,
  checkCount,
  checkRate,
  refuseOption,
} from '../exception/index.js';
import type { MessageRate } from './message-rate.js';

/**
 * How sessions behave. Names that Spring has keep their meaning; every bound may be changed, none can be left out.
 *
 * @publicApi
 */
export interface SessionOptions {
  /**
   * Heart-beats in milliseconds: `[the server sends every, the server wants to receive every]`; 0 switches one off. The
   * actual times are the larger ones of both sides (STOMP 1.2, Heart-beating). @default [10000, 10000]
   */
  heartbeatValue?: readonly [number, number];
  /** Largest frame that a connected client may send, in bytes. @default 65536 */
  messageSizeLimit?: number;
  /** Largest frame before CONNECTED, in bytes. @default 8192 */
  connectSizeLimitBytes?: number;
  /** Most headers of one frame. @default 100 */
  maxHeaders?: number;
  /** Longest header line, in bytes. @default 16384 */
  headerLineLimitBytes?: number;
  /** Longest destination that a client may name, in characters. @default 1024 */
  maxDestinationLength?: number;
  /** Most segments of such a destination, as `pathSeparator` divides it. @default 32 */
  maxDestinationSegments?: number;
  /** Most subscriptions of one session. @default 1000 */
  maxSubscriptions?: number;
  /** Most open transactions of one session. @default 100 */
  maxTransactions?: number;
  /** Frames of transactions of one session that may wait for their RECEIPT, which RabbitMQ sends after COMMIT. @default 1000 */
  maxTransactionFrames?: number;
  /** Octets of those frames. @default 8388608 (8 MiB) */
  maxTransactionBytes?: number;
  /** Frames of one session that may be in work; then its connection is not read until one is done. @default 64 */
  maxFramesInFlight?: number;
  /** How fast the frames of a session may come; beyond it, its connection is not read for a while. @default off */
  messageRate?: MessageRate;
  /** Milliseconds until CONNECTED; then the connection is closed with 4500. 0 waits for ever. @default 60000 */
  timeToFirstMessage?: number;
  /**
   * Milliseconds of silence after which a client that sends no heart-beats is pinged by the transport; over a WebSocket
   * it is cut off when it stays silent as long again. 0 never pings. @default 25000
   */
  pingIntervalMs?: number;
  /** How long before the credentials of a session end `sessionExpiring` is published, in milliseconds. @default 60000 */
  expiryWarningMs?: number;
  /** Whether a frame waits until the effect of the one before is complete, not only begun. @default false */
  preserveReceiveOrder?: boolean;
}

type Defaulted = Omit<SessionOptions, 'messageRate'>;

export type ResolvedSessionOptions = Readonly<Required<Defaulted>> &
  Pick<SessionOptions, 'messageRate'>;

const DEFAULTS: Readonly<Required<Defaulted>> = {
  heartbeatValue: [10_000, 10_000],
  messageSizeLimit: 65_536,
  connectSizeLimitBytes: 8192,
  maxHeaders: 100,
  headerLineLimitBytes: 16_384,
  maxDestinationLength: 1024,
  maxDestinationSegments: 32,
  maxSubscriptions: 1000,
  maxTransactions: 100,
  maxTransactionFrames: 1000,
  maxTransactionBytes: 8_388_608,
  maxFramesInFlight: 64,
  timeToFirstMessage: 60_000,
  pingIntervalMs: 25_000,
  expiryWarningMs: 60_000,
  preserveReceiveOrder: false,
};

/**
 * Options with their defaults; what is no option of sessions is left aside. @throws StompException naming an option that
 * is not a whole number of the right size
 */
export function resolveSessionOptions(options: SessionOptions = {}): ResolvedSessionOptions {
  const resolved: Record<string, unknown> = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof Defaulted)[]) {
    resolved[name] = options[name] ?? DEFAULTS[name];
    check(name, resolved[name]);
  }
  checkRate('messageRate', options.messageRate);
  resolved.messageRate = options.messageRate;
  return resolved as unknown as ResolvedSessionOptions;
}

const MAY_BE_ZERO = new Set<keyof Defaulted>([
  'heartbeatValue',
  'timeToFirstMessage',
  'pingIntervalMs',
  'expiryWarningMs',
]);

function check(name: keyof Defaulted, value: unknown): void {
  if (typeof DEFAULTS[name] === 'boolean') return checkBoolean(name, value);
  if (name === 'heartbeatValue' && !(Array.isArray(value) && value.length === 2))
    refuseOption(name, value, 'two numbers');
  const checkNumber = MAY_BE_ZERO.has(name) ? checkCount : checkBound;
  for (const one of [value].flat()) checkNumber(name, one);
}
