/** What the command line of the check application says. */
export interface CheckOptions {
  /** `login:passcode` that every CONNECT has to show. */
  auth?: string;
  /** Milliseconds, both ways. @default the library's */
  heartbeat?: number;
  /** Destinations below it are queues: each message to one consumer. */
  queues?: string;
  /** Port of an external STOMP broker that takes the place of the embedded one. */
  relayPort?: number;
  /** How clients get to that broker. @default 'per-client' */
  relayConnections?: 'per-client' | 'shared';
}
