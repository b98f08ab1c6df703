import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import {
  checkBoolean,
  checkBound,
  checkCount,
  checkFunction,
  checkNames,
  checkSwitch,
  checkText,
  checkTime,
  checkValues,
  expects,
  refuseOption,
  type OptionCheck,
} from '../../exception/index.js';

/**
 * Where a broker listens for STOMP over TCP.
 *
 * @publicApi
 */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * How to reach a broker and what goes there (Spring: StompBrokerRelayRegistration). Times are milliseconds, sizes octets;
 * what makes no sense is refused with `STOMP_ERR_OPTION`.
 *
 * @publicApi
 */
export interface StompBrokerRelayOptions {
  /** Name in events, statistics and errors; unique in the instance. @default 'relay' */
  readonly name?: string;
  /** Prefixes of the destinations that go to this broker. @default [] (all) */
  readonly destinations?: readonly string[];
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** @default 61613 */
  readonly port?: number;
  /**
   * Several addresses instead of `host` and `port`, tried in turn: all connections are at one of them. Or a function that is
   * asked at every attempt, and has to see to that itself.
   */
  readonly hosts?: readonly BrokerAddress[] | (() => BrokerAddress | Promise<BrokerAddress>);
  /** `true` or options for TLS. @default false */
  readonly tls?: boolean | ConnectionOptions;
  /** Makes the connection instead of `node:net` and `node:tls`; the stream may still be connecting. */
  readonly connect?: (target: BrokerAddress) => Duplex;
  /** Overwrites the login of every client. @default 'guest' */
  readonly clientLogin?: string;
  /** @default 'guest' */
  readonly clientPasscode?: string;
  /** Login of the connection for what the application sends. @default 'guest' */
  readonly systemLogin?: string;
  /** @default 'guest' */
  readonly systemPasscode?: string;
  /** How often the system connection sends when idle; 0 turns it off. @default 10000 */
  readonly systemHeartbeatSendInterval?: number;
  /** How often the broker shall send; it is given up after three times as long. 0 turns it off. @default 10000 */
  readonly systemHeartbeatReceiveInterval?: number;
  /** `host` header of every CONNECT; without one the header is left out, also a client's own. */
  readonly virtualHost?: string;
  /** A connection a client, or a few connections for all where the protocol lets them. @default 'per-client' */
  readonly connections?: 'per-client' | 'shared';
  /**
   * Whether clients may send `x-queue-name` and `x-dead-letter-…`, by which they read and write queues of RabbitMQ that rules
   * for destinations know nothing of; and with what a `/queue/…` is made (`auto-delete`, `x-message-ttl`, …), which then has to
   * be said by all who name it. Queues of users are made alike in any case. @default false
   */
  readonly allowQueueHeaders?: boolean;
  /** In `shared` mode: destinations that begin so are topics, one broker subscription for all clients. @default ['/topic'] */
  readonly sharedDestinations?: readonly string[];
  /** In `shared` mode: connections for what clients send and receive; with two or more the first one only receives. @default 2 */
  readonly sharedConnections?: number;
  /** Time between attempts to reach the broker again; above 0. @default 5000 */
  readonly reconnectDelayMs?: number;
  /** Each failed attempt doubles the delay up to this. @default reconnectDelayMs (a fixed delay) */
  readonly maxReconnectDelayMs?: number;
  /** Share of the delay that is random, 0 to 1, so that nodes do not come back all at once. @default 0 */
  readonly reconnectJitter?: number;
  /** Time until CONNECTED must have come. @default 60000 */
  readonly connectTimeoutMs?: number;
  /** Time that the broker has at the end to take what waits for it, and to confirm DISCONNECT; above 0. @default 2000 */
  readonly disconnectTimeoutMs?: number;
  /** Largest frame taken from the broker, in octets. @default 16777216 */
  readonly maxFrameBytes?: number;
  /** Octets that may wait for one connection; what the application sends beyond is refused. @default 16777216 */
  readonly maxBufferBytes?: number;
  /** Messages of the application kept while the broker is away, instead of refused. @default 0 */
  readonly maxBufferedMessages?: number;
  /**
   * Headers added to SUBSCRIBE and SEND of user destinations, so that queues of ended sessions do not stay in the broker.
   * `'auto'` adds `auto-delete:true, durable:false, exclusive:false, x-expires:60000` when the broker says it is RabbitMQ.
   * @default 'auto'
   */
  readonly userDestinationHeaders?: 'auto' | false | Readonly<Record<string, string>>;
}

const positiveTime: OptionCheck = (name, value) => checkTime(name, value, false);
const timeOrOff: OptionCheck = (name, value) => checkTime(name, value, true);

const CHECKS: Readonly<Record<keyof StompBrokerRelayOptions, OptionCheck>> = {
  name: checkText,
  destinations: checkPrefixes,
  host: checkText,
  port: checkPort,
  hosts: checkHosts,
  tls: checkSwitch,
  connect: checkFunction,
  clientLogin: checkCredential,
  clientPasscode: checkCredential,
  systemLogin: checkCredential,
  systemPasscode: checkCredential,
  systemHeartbeatSendInterval: timeOrOff,
  systemHeartbeatReceiveInterval: timeOrOff,
  virtualHost: expects('a text', (value) => typeof value === 'string'),
  connections: checkConnections,
  allowQueueHeaders: checkBoolean,
  sharedDestinations: checkPrefixes,
  sharedConnections: (name, value) => checkBound(name, value),
  reconnectDelayMs: positiveTime,
  maxReconnectDelayMs: positiveTime,
  reconnectJitter: checkShare,
  connectTimeoutMs: positiveTime,
  disconnectTimeoutMs: positiveTime,
  maxFrameBytes: (name, value) => checkBound(name, value),
  maxBufferBytes: (name, value) => checkBound(name, value, true),
  maxBufferedMessages: checkCount,
  userDestinationHeaders: checkHeaders,
};

/** @throws StompException (`STOMP_ERR_OPTION`) for what would quietly be something else */
export function checkRelayOptions(options: StompBrokerRelayOptions): void {
  checkNames('stompBrokerRelay', options, CHECKS);
  checkValues(options, CHECKS, 'stompBrokerRelay.');
}

function checkPrefixes(name: string, value: unknown): void {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string'))
    refuseOption(name, value, "a list of texts like ['/topic']");
}

// It may be secret: what it is instead is not shown.
function checkCredential(name: string, value: unknown): void {
  if (typeof value !== 'string') refuseOption(name, typeof value, 'a text');
}

function checkPort(name: string, value: unknown): void {
  if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > 65_535)
    refuseOption(name, value, 'a port, 1 to 65535');
}

function checkHosts(name: string, value: unknown): void {
  if (typeof value === 'function') return;
  if (!Array.isArray(value) || value.length === 0)
    refuseOption(name, value, 'a list of { host, port }, or left out for host and port');
  for (const [i, one] of (value as (BrokerAddress | null)[]).entries()) {
    checkPort(`${name}[${i}].port`, one?.port);
    checkText(`${name}[${i}].host`, one?.host);
  }
}

function checkConnections(name: string, value: unknown): void {
  if (value !== 'per-client' && value !== 'shared')
    refuseOption(name, value, "'per-client' or 'shared'");
}

function checkShare(name: string, value: unknown): void {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1))
    refuseOption(name, value, 'a number from 0 to 1');
}

function checkHeaders(name: string, value: unknown): void {
  const isKnown = value === 'auto' || value === false;
  if (!isKnown && (typeof value !== 'object' || value === null))
    refuseOption(name, value, "'auto', false, or headers like { durable: 'false' }");
}
