import 'reflect-metadata';

export * from './broker/index.js';
export * from './channel/index.js';
export * from './destination/index.js';
export * from './exception/index.js';
export { StompCommand, StompFrameException, type StompVersion } from './frame/index.js';
export * from './handler/index.js';
export {
  StompStats,
  type InspectionOptions,
  type StompDiagnostics,
  type StompStatsSnapshot,
  type AbnormallyClosed,
  type BrokerCounts,
  type DurationCounts,
  type FlowCounts,
  type HandlerCounts,
  type HandlersCounts,
  type HandshakeCounts,
  type MessageCounts,
  type RelayCounts,
  type SendBufferCounts,
  type SessionCounts,
  type SimpleBrokerCounts,
  type UserCounts,
} from './inspect/index.js';
export * from './message/index.js';
export * from './security/index.js';
export * from './session/index.js';
export * from './template/index.js';
export * from './transport/index.js';
export * from './user/index.js';
export { StompModule } from './stomp.module.js';
export * from './stomp-options.js';
export { getStompToken } from './stomp-providers.js';
