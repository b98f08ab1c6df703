import type { Exchange } from './exchange.js';

/** Answers requests on the paths of endpoints; one for each kind of transport. */
export interface HttpEndpointHandler {
  /** Whether a request is this handler's; the first one of an endpoint's handlers that says so gets it. */
  accepts(exchange: Exchange): boolean;
  /** Answers it. A rejection is logged and answered 500. */
  handle(exchange: Exchange): void | Promise<void>;
  /** Cuts requests that are on their way still, when no connection is left: their server waits for them before it ends. */
  cutUnread?(): void;
}
