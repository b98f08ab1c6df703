import type { StompFrame } from './stomp-frame.js';

/** Takes what a decoder finds, called from within `feed`. What it throws closes the decoder and leaves `feed`. */
export interface FrameSink {
  /**
   * A frame is complete. Its body may be a view into the chunk that was fed; everything else is its own. The decoder's
   * version and limits may be changed here: they hold for the octets behind this frame.
   */
  onFrame(frame: StompFrame): void;
  /** A chunk consisted of line ends only, between frames. */
  onHeartbeat(): void;
}
