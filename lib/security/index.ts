export {
  Access,
  anonymous,
  authenticated,
  check,
  denyAll,
  hasAnyRole,
  hasRole,
  permitAll,
  type AccessCheck,
  type AuthorizationContext,
} from './access.js';
export {
  authenticateWith,
  HandshakeAnsweredException,
  type HandshakeMiddleware,
} from './authenticate-with.js';
export type {
  AuthorizationRule,
  AuthorizedFrame,
  OutboundAuthorizationRule,
} from './authorization-rule.js';
export { securityInterceptors, type SecurityContext } from './security-interceptors.js';
export type { CsrfOptions, RenewalOptions, SecurityOptions } from './security-options.js';
export {
  AccessDeniedException,
  AuthenticationException,
  CredentialsExpiredException,
  InvalidCsrfTokenException,
} from './security.exception.js';
