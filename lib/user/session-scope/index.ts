export { SessionScopeException } from './session-scope.exception.js';
export { sessionScopes, type OnSessionEnd } from './session-scopes.js';
export { hasSessionScopedClasses, StompSessionScoped } from './stomp-session-scoped.decorator.js';
