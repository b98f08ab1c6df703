import type { ClientOutboundChannel, HandlingResult, StompEvents } from '../channel/index.js';
import type { DestinationRouter } from '../destination/index.js';
import type { Message } from '../message/index.js';

/**
 * What a broker gets from the application when it starts.
 *
 * @publicApi
 */
export interface BrokerContext {
  /** Position of this broker in `brokers`; messages with `fields.broker` set are meant for the broker of that index. */
  readonly index: number;
  /** Deliveries, ERROR messages and closes leave through it. */
  readonly outbound: ClientOutboundChannel;
  readonly events: StompEvents;
  readonly router: DestinationRouter;
  /** Separator of destination patterns: `/` or `.`. */
  readonly pathSeparator: string;
}

/**
 * Takes messages for its destinations and delivers them to subscribers: the simple broker, a relay, or your own.
 *
 * `handleMessage` is called, one at a time and in order for each session, with
 * - CONNECT of every session: the session gets CONNECTED when all brokers are done with it;
 * - SUBSCRIBE, UNSUBSCRIBE (with destination, session and subscription id), MESSAGE for its destinations;
 * - ACK, NACK, BEGIN, COMMIT, ABORT (type OTHER, see `headers.command`) of its subscriptions and transactions;
 * - DISCONNECT of every session, once, also when the connection was lost; HEARTBEAT if it wants them.
 * A message without session comes from the application. What it returns is when a RECEIPT may go out; what it throws,
 * a `StompException`, becomes the ERROR frame of that client or the exception of that template call.
 *
 * @publicApi
 */
export interface MessageBroker {
  /** Unique among the brokers of an app; named in events and statistics. */
  readonly name: string;
  /** Destinations it takes begin with one of these; empty takes all. */
  readonly destinationPrefixes: readonly string[];
  /** Whether messages sent now would be taken. */
  readonly available: boolean;
  /** Whether what it takes stays in this process: no other node of the application delivers it. @default false */
  readonly isLocal?: boolean;
  /** Whether `handleMessage` wants the HEARTBEAT of sessions. @default false */
  readonly wantsHeartbeats?: boolean;
  start(context: BrokerContext): void | Promise<void>;
  stop(): void | Promise<void>;
  handleMessage(message: Message): HandlingResult;
  /**
   * Subscribes the application itself, past the channels and out of reach of clients. Returns how to leave.
   */
  subscribeSystem?(destination: string, listener: (message: Message) => void): () => void;
}
