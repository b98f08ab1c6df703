import { SimpleBroker, StompBrokerRelay, type MessageBroker } from '../broker/index.js';
import { StompException } from '../exception/index.js';
import type { SimpAnnotationMethodMessageHandler } from '../handler/index.js';
import type { SessionStatistics, StompServer } from '../session/index.js';
import type { EndpointServer } from '../transport/index.js';
import type { SimpUserRegistry } from '../user/index.js';
import { handlersCounts } from './handler-counts.js';
import type {
  BrokerCounts,
  FlowCounts,
  HandshakeCounts,
  SendBufferCounts,
  SessionCounts,
  StompStatsSnapshot,
  UserCounts,
} from './stats-snapshot.js';

/** The rooms of one instance; what is made at its start is undefined before. */
export interface InspectedRooms {
  readonly name: string | undefined;
  readonly brokers: readonly MessageBroker[];
  readonly registry: SimpUserRegistry;
  readonly server: StompServer;
  readonly handler: SimpAnnotationMethodMessageHandler | undefined;
  readonly endpoints: EndpointServer | undefined;
}

/**
 * What an instance does and holds, in numbers (Spring: WebSocketMessageBrokerStats). Inject it by its class; that of a
 * named instance by `getStompToken(StompStats, name)`. Before the application has started all is zero.
 *
 * @publicApi
 */
export class StompStats {
  /** @internal */
  constructor(private readonly rooms: InspectedRooms) {
    checkNames(rooms.brokers);
  }

  /**
   * The numbers of now. Costs time with the number of open sessions; from the first call on, the duration of every call
   * of a handler is measured, before it of one in sixteen.
   */
  snapshot(): StompStatsSnapshot {
    const { name = 'default', server, handler, brokers } = this.rooms;
    if (handler) handler.meter.everyCall = true;
    const counts = server.statistics;
    const { dropped, notSent, errors } = counts;
    return {
      instance: name,
      at: Date.now(),
      sessions: sessionCounts(counts),
      handshakes: this.handshakes(),
      inbound: flow(counts.framesIn, counts.heartbeatsIn, counts.bytesIn),
      outbound: flow(counts.framesOut, counts.heartbeatsOut, counts.bytesOut),
      messages: { dropped, notSent, errors, inFlight: server.inFlight },
      ...this.perSession(counts),
      brokers: brokers.map(brokerCounts),
      handlers: handlersCounts(handler),
      users: this.users(),
      timers: server.waitingDeadlines,
    };
  }

  private handshakes(): HandshakeCounts {
    const { endpoints } = this.rooms;
    return {
      pending: endpoints?.pendingHandshakes ?? 0,
      refused: { ...endpoints?.stats.refused },
    };
  }

  private perSession({ slowClients }: SessionStatistics): {
    subscriptions: number;
    sendBuffers: SendBufferCounts;
  } {
    const { server, endpoints } = this.rooms;
    let subscriptions = 0;
    let bytes = 0;
    let largestBytes = 0;
    for (const session of server.sessions.values()) {
      const { bufferedBytes } = session.connection;
      subscriptions += session.subscriptions.size;
      bytes += bufferedBytes;
      largestBytes = Math.max(largestBytes, bufferedBytes);
    }
    const { slowTerminated: terminated = 0, framesDropped = 0 } = endpoints?.stats ?? {};
    const sendBuffers = { bytes, largestBytes, slowClients, terminated, framesDropped };
    return { subscriptions, sendBuffers };
  }

  private users(): UserCounts {
    const { registry } = this.rooms;
    return {
      users: registry.getUserCount(),
      anonymousSessions: registry.getAnonymousSessionCount(),
    };
  }
}

function sessionCounts(counts: SessionStatistics): SessionCounts {
  const { connections: total, closed, connected, neverConnected: noConnect } = counts;
  const { closedSlow: slow, closedByTransportError: transportError } = counts;
  const { readTimeouts, connectTimeouts, expired } = counts;
  const transports = Object.entries(counts.byTransport);
  return {
    current: total - closed,
    connected: connected - (closed - noConnect),
    total,
    byTransport: Object.fromEntries(transports.map(([name, one]) => [name, { ...one }])),
    closedAbnormally: {
      total: noConnect + slow + transportError,
      noConnect,
      slow,
      transportError,
    },
    closedByCode: { ...counts.closedByCode },
    readTimeouts,
    connectTimeouts,
    expired,
  };
}

function flow(frames: FlowCounts['frames'], heartbeats: number, bytes: number): FlowCounts {
  return { frames: { ...frames }, heartbeats, bytes };
}

function brokerCounts(broker: MessageBroker): BrokerCounts {
  const { name, available } = broker;
  if (broker instanceof SimpleBroker) return { name, available, simple: { ...broker.statistics } };
  if (!(broker instanceof StompBrokerRelay)) return { name, available };
  const { clientConnections, sharedSubscriptions, bufferedMessages, statistics } = broker;
  const gauges = { clientConnections, sharedSubscriptions, bufferedMessages };
  return { name, available, relay: { ...gauges, ...statistics } };
}

// Numbers, health and events name a broker by nothing else.
function checkNames(brokers: readonly MessageBroker[]): void {
  const names = brokers.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new StompException(
    `Two brokers have the name "${twice}": give each another \`name\`, as in stompBrokerRelay({ name: 'orders', … })`,
    { code: 'STOMP_ERR_OPTION' },
  );
}
