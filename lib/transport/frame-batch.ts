/** The octets of one STOMP frame, ready to leave as one WebSocket message. */
export interface OutboundFrame {
  readonly octets: Buffer;
  /** Whether it has to be a binary WebSocket message, because its body is not UTF-8 text. */
  readonly binary: boolean;
}

/**
 * Frames that leave together, for one connection or the same ones for many. A transport keeps here what it made of them,
 * so that many connections share it.
 */
export class FrameBatch {
  /** Octets of the STOMP frames. */
  readonly byteLength: number;
  /** WebSocket framing of all frames, made by the WebSocket transport when first needed. */
  wire: Buffer | undefined;
  /** The text frames as JSON strings, made by a SockJS transport when first needed. */
  texts: readonly string[] | undefined;
  /** The frames in one SockJS frame, made by the SockJS WebSocket transport when first needed. */
  sockJs: FrameBatch | undefined;

  /** @param droppable whether a slow client's `drop-oldest` policy may leave these frames out */
  constructor(
    readonly frames: readonly OutboundFrame[],
    readonly droppable: boolean,
  ) {
    let byteLength = 0;
    for (const frame of frames) byteLength += frame.octets.length;
    this.byteLength = byteLength;
  }
}
