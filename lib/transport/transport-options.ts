import type { ZlibOptions } from 'node:zlib';
import {
  checkBoolean,
  checkBound,
  checkCount,
  checkRate,
  checkTime,
  refuseOption,
} from '../exception/index.js';

/**
 * What happens to a client that does not read as fast as it is sent to.
 *
 * @publicApi
 */
export type SlowClientPolicy = 'terminate' | 'drop-oldest';

/**
 * Compression of WebSocket messages (RFC 7692), as the package `ws` takes it.
 *
 * @publicApi
 */
export interface PerMessageDeflateOptions {
  /** Bytes from which on a message is compressed. @default 1024 */
  threshold?: number;
  /** Messages that are compressed at once, of all connections. @default 10 */
  concurrencyLimit?: number;
  /** Whether the server compresses each message by itself, which needs less memory. @default false */
  serverNoContextTakeover?: boolean;
  /** Whether clients are asked to do the same. @default false */
  clientNoContextTakeover?: boolean;
  /** Base two logarithm of the bytes that the server looks back, 8 to 15. @default 15 */
  serverMaxWindowBits?: number;
  /** The same for clients that can be told. @default what a client says */
  clientMaxWindowBits?: number;
  /** For Node's zlib when it compresses. */
  zlibDeflateOptions?: ZlibOptions;
  /** For Node's zlib when it decompresses. */
  zlibInflateOptions?: ZlibOptions;
}

/**
 * Limits of connections, the same for all endpoints.
 *
 * @publicApi
 */
export interface TransportOptions {
  /**
   * Milliseconds that a write to one client may take before the client is closed with 4500; 0 for no limit.
   * @default 10000
   */
  sendTimeLimit?: number;
  /** Bytes that may wait behind a write that the client has not taken yet. @default 524288 */
  sendBufferSizeLimit?: number;
  /**
   * What exceeding `sendBufferSizeLimit` leads to: close 4500, or the oldest messages are left out (never ERROR, RECEIPT, nor
   * messages that await an acknowledgement).
   * @default 'terminate'
   */
  slowClientPolicy?: SlowClientPolicy;
  /** Bytes of a text WebSocket message from a client; a larger one closes with 1009. @default `messageSizeLimit` and 65536 more */
  maxTextMessageBytes?: number;
  /** Bytes of a binary WebSocket message from a client; a larger one closes with 1009. @default `messageSizeLimit` and 65536 more */
  maxBinaryMessageBytes?: number;
  /** Compression of WebSocket messages. It costs memory and time for each connection. @default false */
  perMessageDeflate?: boolean | PerMessageDeflateOptions;
  /** Connections at the same time, all endpoints together; more are answered 503. @default 65536 */
  maxConnections?: number;
  /** Connections at the same time from one address; more are answered 503. @default unlimited */
  maxConnectionsPerAddress?: number;
  /** Handshakes from one address: so many a second, after a burst; more are answered 503. @default off */
  handshakeRate?: HandshakeRate;
  /** Milliseconds that interceptors and `authenticateHandshake` have together; then 503. @default 10000 */
  handshakeTimeoutMs?: number;
  /** Milliseconds that a client has to answer our close before its socket is cut. @default 5000 */
  closeGraceMs?: number;
  /**
   * Whether `X-Forwarded-For`, `-Proto`, `-Host` and `-Port` are believed: the number of proxies in front of this server, or
   * true when every hop is trusted (then the first value counts).
   * @default false
   */
  trustProxy?: boolean | number;
}

/**
 * How fast handshakes may come from one address.
 *
 * @publicApi
 */
export interface HandshakeRate {
  /** Handshakes from one address in a second. */
  perSecond: number;
  /** Handshakes that may come at once. @default perSecond */
  burst?: number;
}

/** The options with every default filled in. */
export type TransportSettings = Required<
  Omit<TransportOptions, 'handshakeRate'> & { handshakeRate: HandshakeRate | undefined }
>;

/**
 * Fills in the defaults; undefined values count as absent. @throws StompException naming an option whose value makes no
 * sense
 */
export function transportSettings(options: TransportOptions = {}): TransportSettings {
  const settings = {
    sendTimeLimit: options.sendTimeLimit ?? 10_000,
    sendBufferSizeLimit: options.sendBufferSizeLimit ?? 524_288,
    slowClientPolicy: options.slowClientPolicy ?? 'terminate',
    maxTextMessageBytes: options.maxTextMessageBytes ?? 65_536,
    maxBinaryMessageBytes: options.maxBinaryMessageBytes ?? 65_536,
    perMessageDeflate: options.perMessageDeflate ?? false,
    maxConnections: options.maxConnections ?? 65_536,
    maxConnectionsPerAddress: options.maxConnectionsPerAddress ?? Number.POSITIVE_INFINITY,
    handshakeRate: options.handshakeRate,
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 10_000,
    closeGraceMs: options.closeGraceMs ?? 5_000,
    trustProxy: options.trustProxy ?? false,
  };
  check(settings);
  return settings;
}

const POLICIES: readonly unknown[] = ['terminate', 'drop-oldest'] satisfies SlowClientPolicy[];

function check(settings: TransportSettings): void {
  for (const name of ['maxTextMessageBytes', 'maxBinaryMessageBytes'] as const)
    checkBound(name, settings[name]);
  for (const name of ['sendBufferSizeLimit', 'maxConnections', 'maxConnectionsPerAddress'] as const)
    checkBound(name, settings[name], true);
  checkTime('sendTimeLimit', settings.sendTimeLimit, true);
  checkTime('closeGraceMs', settings.closeGraceMs, true);
  checkTime('handshakeTimeoutMs', settings.handshakeTimeoutMs, false);
  checkRate('handshakeRate', settings.handshakeRate);
  checkChoices(settings);
}

function checkChoices({
  slowClientPolicy,
  perMessageDeflate,
  trustProxy,
}: TransportSettings): void {
  if (!POLICIES.includes(slowClientPolicy))
    refuseOption('slowClientPolicy', slowClientPolicy, "'terminate' or 'drop-oldest'");
  if (typeof perMessageDeflate !== 'object') checkBoolean('perMessageDeflate', perMessageDeflate);
  if (typeof trustProxy === 'number') checkCount('trustProxy', trustProxy);
  else if (typeof trustProxy !== 'boolean')
    refuseOption('trustProxy', trustProxy, 'the number of proxies, or true or false');
}
