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
