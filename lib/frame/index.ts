export { StompCommand, type StompVersion } from './stomp-command.js';
export type { StompFrame } from './stomp-frame.js';
