export * from './converter/index.js';
export { Message } from './message.js';
export { MessageBuilder } from './message-builder.js';
export { MessageHeaders, newHeaderFields, type HeaderFields } from './message-headers.js';
export { NativeHeaders, type ReadonlyNativeHeaders } from './native-headers.js';
export { Secret } from './secret.js';
export type { Handshake, SessionContext } from './session-context.js';
export { SimpMessageHeaderAccessor } from './simp-message-header-accessor.js';
export { SimpMessageType } from './simp-message-type.js';
export { messageTypeOf, StompHeaderAccessor } from './stomp-header-accessor.js';
export { principalFault } from './principal-fault.js';
export {
  destinationUserName,
  expiryOf,
  isExpired,
  type StompPrincipal,
} from './stomp-principal.js';
export { decodeUserName, encodeUserName } from './user-name.js';
export { CHOSEN_DESTINATION } from './chosen-destination.js';
export { meantSessionId, SENT_BY_SESSION } from './sent-by-session.js';
export { NODE_HEADER } from './node-header.js';
