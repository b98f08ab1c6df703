export { DEFAULT_LIMITS, type DecoderLimits } from './decoder-limits.js';
export {
  negotiateHeartbeat,
  parseHeartbeat,
  type AgreedHeartbeat,
  type Heartbeat,
} from './heartbeat-negotiation.js';
export type { FrameSink } from './frame-sink.js';
export { escapeHeader } from './header-escaping.js';
export { plainTailText } from './message-text.js';
export { StompCommand, type StompVersion } from './stomp-command.js';
export { StompDecoder } from './stomp-decoder.js';
export {
  encodeFrame,
  encodeMessagePrefix,
  encodeMessageTail,
  encodeWholeFrame,
  HEARTBEAT,
  messagePrefixText,
  messageTailText,
} from './stomp-encoder.js';
export { StompFrameException, type StompFrameErrorCode } from './stomp-frame.exception.js';
export type { StompFrame } from './stomp-frame.js';
export { negotiateVersion, SUPPORTED_VERSIONS } from './version-negotiation.js';
