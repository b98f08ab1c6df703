import { StompCommand } from '../frame/index.js';

type CountByCommand = Record<StompCommand, number>;

function noneYet(): CountByCommand {
  const counts = {} as CountByCommand;
  for (const command of Object.values(StompCommand)) counts[command] = 0;
  return counts;
}

/**
 * Sessions of one transport.
 *
 * @publicApi
 */
export interface TransportCounts {
  /** Gauge: open now. */
  current: number;
  /** Since the start. */
  total: number;
}

// RFC 6455, 7.4.1: the connection was lost.
const LOST = 1006;
// Spring: CloseStatus.SESSION_NOT_RELIABLE
const TOO_SLOW_TO_SEND_TO = 4500;

/**
 * Counts of one STOMP instance since it started; plain fields, to be read at any time.
 *
 * @publicApi
 */
export class SessionStatistics {
  /** Connections that were accepted. */
  connections = 0;
  /** CONNECT frames. */
  connects = 0;
  /** Sessions that got CONNECTED. */
  connected = 0;
  /** Sessions that said DISCONNECT. */
  disconnects = 0;
  /** Sessions that ended, for whatever reason. */
  closed = 0;
  /** Sessions that ended without CONNECTED. */
  neverConnected = 0;
  /** By transport: `websocket`, or the SockJS transport's name. */
  readonly byTransport: Record<string, TransportCounts> = {};
  /** Sessions that ended, by WebSocket close code. */
  readonly closedByCode: Record<number, number> = {};
  /** Sessions that were closed because their client read too slowly. */
  closedSlow = 0;
  /** Sessions that were connected and whose connection was lost. */
  closedByTransportError = 0;
  readonly framesIn = noneYet();
  readonly framesOut = noneYet();
  heartbeatsIn = 0;
  heartbeatsOut = 0;
  bytesIn = 0;
  /** Octets of STOMP frames that were handed to connections. */
  bytesOut = 0;
  /** ERROR frames that were sent. */
  errors = 0;
  /** Messages that an interceptor dropped. */
  dropped = 0;
  /** Messages that a session could not be sent: binary over a transport without it, or for a subscription it has not. */
  notSent = 0;
  slowClients = 0;
  readTimeouts = 0;
  connectTimeouts = 0;
  expired = 0;

  countOpened(transport: string): void {
    this.connections++;
    const counts = (this.byTransport[transport] ??= { current: 0, total: 0 });
    counts.current++;
    counts.total++;
  }

  countClosed(transport: string, wasConnected: boolean, code: number): void {
    this.closed++;
    this.byTransport[transport]!.current--;
    this.closedByCode[code] = (this.closedByCode[code] ?? 0) + 1;
    if (!wasConnected) this.neverConnected++;
    else if (code === TOO_SLOW_TO_SEND_TO) this.closedSlow++;
    else if (code === LOST) this.closedByTransportError++;
  }
}
