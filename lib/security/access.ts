import type { Message, SessionContext, StompPrincipal } from '../message/index.js';

/**
 * What an access decision may look at.
 *
 * @publicApi
 */
export interface AuthorizationContext {
  readonly message: Message;
  /** Undefined for an anonymous session. */
  readonly user: StompPrincipal | undefined;
  /** Values of the variables in the rule's pattern. */
  readonly variables: Readonly<Record<string, string>>;
  readonly session: SessionContext | undefined;
}

/**
 * A rule in code: true lets a message pass. A throw denies it, and is logged.
 *
 * @publicApi
 */
export type AccessCheck = (context: AuthorizationContext) => boolean | Promise<boolean>;

/**
 * Who passes a rule: one of the constants, or made by `hasRole`, `hasAnyRole` or `check`.
 *
 * @publicApi
 */
export class Access {
  /** @param usesVariables whether the decision may depend on the values of variables */
  constructor(
    readonly description: string,
    readonly isGranted: AccessCheck,
    readonly usesVariables = false,
  ) {}
}

/** Everybody, anonymous sessions too. @publicApi */
export const permitAll = new Access('permitAll', () => true);

/** Nobody. @publicApi */
export const denyAll = new Access('denyAll', () => false);

/** Every session that has a user. @publicApi */
export const authenticated = new Access('authenticated', ({ user }) => user !== undefined);

/** Sessions without a user. @publicApi */
export const anonymous = new Access('anonymous', ({ user }) => user === undefined);

/** Users whose principal has this role. @publicApi */
export function hasRole(role: string): Access {
  return new Access(`hasRole(${role})`, ({ user }) => rolesOf(user).includes(role));
}

/** Users whose principal has one of these roles. @publicApi */
export function hasAnyRole(...roles: string[]): Access {
  return new Access(`hasAnyRole(${roles.join(', ')})`, ({ user }) =>
    rolesOf(user).some((role) => roles.includes(role)),
  );
}

/**
 * Whom a function of your own lets pass; only `true` does. A `StompException` that it throws tells the client why; any other
 * throw is logged and denies. A subscription with wildcards where the rule has variables is denied without asking.
 *
 * @publicApi
 */
export function check(isGranted: AccessCheck, description = 'check'): Access {
  return new Access(description, isGranted, true);
}

// A string would have every role that is part of it.
function rolesOf(user: StompPrincipal | undefined): readonly string[] {
  const roles: unknown = user?.roles;
  return Array.isArray(roles) ? (roles as string[]) : [];
}
