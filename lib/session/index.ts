export type { Authenticate } from './connect-phase.js';
export { FrameRefusedException } from './frame-refused.exception.js';
export type { SessionOptions } from './session-options.js';
export { SessionStatistics, type TransportCounts } from './session-statistics.js';
export type { SessionSubscription } from './session-subscriptions.js';
export { StompServer, type StompServerParts } from './stomp-server.js';
export type { StompSession } from './stomp-session.js';
export { StompSubProtocolErrorHandler } from './stomp-sub-protocol-error-handler.js';
