export { fittingReason } from './close-reason.js';
export type { CloseOptions } from './connection-registry.js';
export type { Connection, ConnectionAcceptor, ConnectionListener } from './connection.js';
export type { CertificatePrincipalMapper, EndpointOptions } from './endpoint-options.js';
export { pathsOf } from './endpoint.js';
export { EndpointServer, type EndpointServerOptions } from './endpoint-server.js';
export {
  FrameBatch,
  FramePart,
  type OutboundFrame,
  type SharedTail,
  type SharedTails,
} from './frame-batch.js';
export type { HandshakeInterceptor, HandshakeResponse } from './handshake/handshake-interceptor.js';
export type { SockJsOptions } from './sockjs/sock-js-options.js';
export {
  createSockJsService,
  type SockJsService,
  type SockJsServiceOptions,
  type SockJsSocket,
  type SockJsSocketListener,
} from './sockjs/sock-js-service.js';
export type {
  HandshakeRate,
  PerMessageDeflateOptions,
  SlowClientPolicy,
  TransportOptions,
} from './transport-options.js';
export type { TransportStats } from './transport-stats.js';
export { Turn, type Flushable } from './turn.js';
