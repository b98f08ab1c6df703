/** A way to give frames to a client in the response of its request. */
export interface ReceivingTransport {
  /** Last segment of its URL, and name of the transport. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly contentType: string;
  /** Whether a response holds many frames, until enough bytes were sent; else one. */
  readonly streaming: boolean;
  /** Whether the client names a function to be called with each frame, and how long the name may be. */
  readonly maxCallbackLength?: number;
  /** Whether a page of any site can read the response, so that only its `Referer` says who asks. */
  readonly readableByAnySite?: boolean;
  /** What a streaming response begins with. */
  prelude?(callback: string): string;
  /** A frame as the client expects it. */
  format(frame: string, callback: string): string;
}
