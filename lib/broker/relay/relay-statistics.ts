/**
 * Counts all connections of a relay to its broker together, since the start.
 *
 * @publicApi
 */
export class RelayStatistics {
  /** Times that a connection that all clients or the application use was lost and made again. */
  reconnects = 0;
  /** Octets that came from the broker, heart-beats included. */
  bytesIn = 0;
  /** Octets that were sent to the broker, heart-beats included. */
  bytesOut = 0;
}
