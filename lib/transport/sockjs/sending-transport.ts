/** A way for a client to send messages in the body of a request. */
export interface SendingTransport {
  /** Last segment of its URL. */
  readonly name: string;
  /** What the client is answered when its messages were taken. */
  readonly answer: { readonly status: number; readonly body: string };
  /** The JSON text in a body of this media type; undefined when there is none. */
  payload(body: string, mediaType: string): string | undefined;
}
