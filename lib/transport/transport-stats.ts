/** What the transports counted since the start; `connections` is a gauge. */
export class TransportStats {
  /** Open now. */
  connections = 0;
  /** Open now, by transport: `websocket`, or the SockJS transport's name. */
  readonly byTransport: Record<string, number> = {};
  /** Opened since the start. */
  opened = 0;
  /** Handshakes that were answered with an error, by HTTP status. */
  readonly refused: Record<number, number> = {};
  /** Connections closed because their client read too slowly. */
  slowTerminated = 0;
  /** Frames left out because their client read too slowly. */
  framesDropped = 0;
  /** Binary frames that a SockJS client could not be sent. */
  binaryFramesDropped = 0;

  countOpened(transport: string): void {
    this.opened++;
    this.connections++;
    this.byTransport[transport] = (this.byTransport[transport] ?? 0) + 1;
  }

  countClosed(transport: string): void {
    this.connections--;
    this.byTransport[transport]!--;
  }

  countRefused(status: number): void {
    this.refused[status] = (this.refused[status] ?? 0) + 1;
  }
}
