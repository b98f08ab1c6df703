import { StompCommand } from '../frame/index.js';

type CountByCommand = Record<StompCommand, number>;

function noneYet(): CountByCommand {
  const counts = {} as CountByCommand;
  for (const command of Object.values(StompCommand)) counts[command] = 0;
  return counts;
}

/** Counts of one STOMP instance since it started; plain fields, to be read at any time. */
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
}
