export { Diagnostics, type DiagnosedRooms, type StompDiagnostics } from './diagnostics.js';
export type { InspectionOptions } from './inspection-options.js';
export { StatsLog, statsLine } from './stats-log.js';
export type * from './stats-snapshot.js';
export { StompStats, type InspectedRooms } from './stomp-stats.js';
