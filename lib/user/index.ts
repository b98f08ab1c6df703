export * from './cluster/index.js';
export {
  RawUserDestinationGuard,
  type RawUserDestinationGuardOptions,
} from './raw-user-destination-guard.js';
export { RawUserDestinationException } from './raw-user-destination.exception.js';
export {
  RegistryUserDestinationResolver,
  type UserDestinationResolverOptions,
} from './registry-user-destination-resolver.js';
export { SessionDestinations } from './session-destinations.js';
export {
  hasSessionScopedClasses,
  SessionScopeException,
  sessionScopes,
  StompSessionScoped,
  type OnSessionEnd,
} from './session-scope/index.js';
export type { AnonymousSimpSession, SimpSession, SimpSubscription, SimpUser } from './simp-user.js';
export { SimpUserRegistry, type CloseSessionOptions } from './simp-user-registry.js';
export {
  UserDestinationMessageHandler,
  type UserDestinationMessageHandlerOptions,
} from './user-destination-message-handler.js';
export type {
  UserDestinationResolver,
  UserDestinationResult,
  UserDestinationTarget,
} from './user-destination-resolver.js';
