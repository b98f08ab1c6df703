import type { StompCommand } from '../frame/index.js';
import type { RelayStatistics, SimpleBrokerStatistics } from '../broker/index.js';
import type { TransportCounts } from '../session/index.js';

/**
 * Sessions that ended otherwise than by a close: each in one of the counts.
 *
 * @publicApi
 */
export interface AbnormallyClosed {
  readonly total: number;
  /** Without CONNECTED: refused, too late, or gone before. */
  readonly noConnect: number;
  /** Closed because the client read too slowly. */
  readonly slow: number;
  /** The connection was lost. */
  readonly transportError: number;
}

/**
 * Sessions, and how they ended.
 *
 * @publicApi
 */
export interface SessionCounts {
  /** Gauge: connections that are open, with or without CONNECTED. */
  readonly current: number;
  /** Gauge: those that got CONNECTED. */
  readonly connected: number;
  /** Connections that were accepted. */
  readonly total: number;
  /** By transport: `websocket`, or the SockJS transport's name. */
  readonly byTransport: Readonly<Record<string, Readonly<TransportCounts>>>;
  readonly closedAbnormally: AbnormallyClosed;
  /** Sessions that ended, by WebSocket close code. */
  readonly closedByCode: Readonly<Record<number, number>>;
  /** Nothing came for longer than the heart-beat that was agreed. */
  readonly readTimeouts: number;
  /** No CONNECT within `timeToFirstMessage`. */
  readonly connectTimeouts: number;
  /** Credentials ended. */
  readonly expired: number;
}

/**
 * What went one way.
 *
 * @publicApi
 */
export interface FlowCounts {
  /** STOMP frames by command. */
  readonly frames: Readonly<Record<StompCommand, number>>;
  readonly heartbeats: number;
  /** Octets of frames and heart-beats, without those of WebSocket, HTTP and TLS. */
  readonly bytes: number;
}

/**
 * Frames and messages that did not go their way.
 *
 * @publicApi
 */
export interface MessageCounts {
  /** Frames that an interceptor of clientInboundChannel dropped. */
  readonly dropped: number;
  /** Messages that could not be sent: for a subscription that is gone, or binary over a transport without it. */
  readonly notSent: number;
  /** ERROR frames. */
  readonly errors: number;
  /** Gauge: frames of clients whose handling has begun and is not complete. */
  readonly inFlight: number;
}

/**
 * What waits for clients that do not read as fast as they are sent to.
 *
 * @publicApi
 */
export interface SendBufferCounts {
  /** Gauge: octets that wait for clients. */
  readonly bytes: number;
  /** Gauge: octets that wait for the one with most. */
  readonly largestBytes: number;
  /** Times that a client read too slowly and the policy was applied. */
  readonly slowClients: number;
  /** Clients that were closed for it. */
  readonly terminated: number;
  /** Frames that were left out for it. */
  readonly framesDropped: number;
}

/**
 * Requests to open a connection.
 *
 * @publicApi
 */
export interface HandshakeCounts {
  /** Gauge: handshakes that are being decided, or wait for their turn. */
  readonly pending: number;
  /** Handshakes that were answered with an error, by HTTP status. */
  readonly refused: Readonly<Record<number, number>>;
}

/**
 * Of a simple broker, as its `statistics`.
 *
 * @publicApi
 */
export type SimpleBrokerCounts = Readonly<Omit<SimpleBrokerStatistics, 'resetGauges'>>;

/**
 * Of a relay, as its `statistics`, and how it stands.
 *
 * @publicApi
 */
export interface RelayCounts extends Readonly<RelayStatistics> {
  /** Gauge: connections of clients' own to the external broker. */
  readonly clientConnections: number;
  /** Gauge: subscriptions at the external broker that clients share. */
  readonly sharedSubscriptions: number;
  /** Gauge: messages of the application that wait for the external broker to come back. */
  readonly bufferedMessages: number;
}

/**
 * One broker of the instance.
 *
 * @publicApi
 */
export interface BrokerCounts {
  readonly name: string;
  /** Whether messages sent now would be taken. */
  readonly available: boolean;
  /** Of a simple broker. */
  readonly simple?: SimpleBrokerCounts;
  /** Of a relay. */
  readonly relay?: RelayCounts;
}

/**
 * How long calls took, in milliseconds; of those that were measured.
 *
 * @publicApi
 */
export interface DurationCounts {
  readonly count: number;
  readonly sumMs: number;
  readonly maxMs: number;
  /** How many were at most as long as `leMs`, cumulative; the last is for all. */
  readonly buckets: readonly { readonly leMs: number; readonly count: number }[];
}

/**
 * One annotated method.
 *
 * @publicApi
 */
export interface HandlerCounts {
  /** `TradeController.buy` */
  readonly handler: string;
  readonly invocations: number;
  /** Calls that failed, in a guard or pipe too, whoever took the exception. */
  readonly failures: number;
  /** Gauge: calls that are not complete. */
  readonly running: number;
  readonly durations: DurationCounts;
}

/**
 * All annotated methods together.
 *
 * @publicApi
 */
export interface HandlersCounts {
  readonly invocations: number;
  readonly failures: number;
  /** Gauge: calls that are not complete. */
  readonly running: number;
  /** Gauge: streams that handlers returned and that go on. */
  readonly streams: number;
  /** One of each handler. */
  readonly each: readonly HandlerCounts[];
}

/**
 * Who is connected.
 *
 * @publicApi
 */
export interface UserCounts {
  /** Gauge: users with a session; with `userRegistryBroadcast` on any node. */
  readonly users: number;
  /** Gauge: sessions of this node without a user. */
  readonly anonymousSessions: number;
}

/**
 * Counters since the start and gauges of one STOMP instance, at one moment. Gauges return to zero when nobody is there.
 *
 * @publicApi
 */
export interface StompStatsSnapshot {
  /** Name of the instance: `default` for the unnamed one. */
  readonly instance: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly sessions: SessionCounts;
  readonly handshakes: HandshakeCounts;
  readonly inbound: FlowCounts;
  readonly outbound: FlowCounts;
  readonly messages: MessageCounts;
  /** Gauge: subscriptions of all sessions, whoever serves them. */
  readonly subscriptions: number;
  readonly sendBuffers: SendBufferCounts;
  readonly brokers: readonly BrokerCounts[];
  readonly handlers: HandlersCounts;
  readonly users: UserCounts;
  /** Gauge: sessions that wait for some moment, as a heart-beat; one timer serves all. */
  readonly timers: number;
}
