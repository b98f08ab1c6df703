export type { Connection, ConnectionAcceptor, ConnectionListener } from './connection.js';
export { FrameBatch, type OutboundFrame } from './frame-batch.js';
export { Turn, type Flushable } from './turn.js';
