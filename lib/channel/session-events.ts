import type { Message, SessionContext, StompPrincipal } from '../message/index.js';

interface SessionEvent {
  readonly session: SessionContext;
  readonly user: StompPrincipal | undefined;
}

/**
 * CONNECT passed the interceptors.
 *
 * @publicApi
 */
export interface SessionConnectEvent extends SessionEvent {
  readonly type: 'sessionConnect';
  readonly message: Message;
}

/**
 * CONNECTED goes out; published before the client can read it.
 *
 * @publicApi
 */
export interface SessionConnectedEvent extends SessionEvent {
  readonly type: 'sessionConnected';
}

/**
 * A subscription is stored by its broker, or answered by its handler.
 *
 * @publicApi
 */
export interface SessionSubscribeEvent extends SessionEvent {
  readonly type: 'sessionSubscribe';
  readonly message: Message;
  /** Undefined in STOMP 1.0 without an id. */
  readonly subscriptionId: string | undefined;
  /** As the client wrote it. */
  readonly destination: string;
}

/**
 * A client ended a subscription, or the server did.
 *
 * @publicApi
 */
export interface SessionUnsubscribeEvent extends SessionEvent {
  readonly type: 'sessionUnsubscribe';
  readonly message: Message;
  readonly subscriptionId: string | undefined;
  readonly destination: string;
}

/**
 * The connection ended. Published once for every session that published `sessionConnect`.
 *
 * @publicApi
 */
export interface SessionDisconnectEvent extends SessionEvent {
  readonly type: 'sessionDisconnect';
  /** WebSocket close code; 1006 when the connection was lost. */
  readonly closeCode: number;
  readonly closeReason: string;
  /** Whether the client said good-bye with DISCONNECT. */
  readonly clean: boolean;
}

/**
 * The credentials of a session end soon.
 *
 * @publicApi
 */
export interface SessionExpiringEvent extends SessionEvent {
  readonly type: 'sessionExpiring';
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * A client reads too slowly: its connection is closed, or its oldest messages are dropped.
 *
 * @publicApi
 */
export interface SlowClientEvent extends SessionEvent {
  readonly type: 'slowClient';
  readonly policy: 'terminate' | 'drop-oldest';
  /** Octets that wait for this client. */
  readonly bufferedBytes: number;
}

/**
 * A broker began or ceased to be usable.
 *
 * @publicApi
 */
export interface BrokerAvailabilityEvent {
  readonly type: 'brokerAvailability';
  readonly available: boolean;
  /** Name of the broker in this app. */
  readonly broker: string;
  /** `host:port` of a relayed broker. */
  readonly host?: string;
}

/**
 * Users of another node came, went or subscribed, or the node is gone; the registry knows. With `userRegistryBroadcast` only.
 *
 * @publicApi
 */
export interface RemoteUsersEvent {
  readonly type: 'remoteUsers';
  /** Id of the other node, the same for as long as it runs. */
  readonly node: string;
}

/**
 * The events of one STOMP instance, by type.
 *
 * @publicApi
 */
export interface StompEventMap {
  sessionConnect: SessionConnectEvent;
  sessionConnected: SessionConnectedEvent;
  sessionSubscribe: SessionSubscribeEvent;
  sessionUnsubscribe: SessionUnsubscribeEvent;
  sessionDisconnect: SessionDisconnectEvent;
  sessionExpiring: SessionExpiringEvent;
  slowClient: SlowClientEvent;
  brokerAvailability: BrokerAvailabilityEvent;
  remoteUsers: RemoteUsersEvent;
}

/**
 * The name of an event.
 *
 * @publicApi
 */
export type StompEventType = keyof StompEventMap;

/**
 * One of the events; `type` says which.
 *
 * @publicApi
 */
export type StompEvent = StompEventMap[StompEventType];
