/**
 * Who a session belongs to. Applications may extend it by declaration merging or pass any object that has a `name`.
 *
 * @publicApi
 */
export interface StompPrincipal {
  /** Unique name of the user; sessions with the same name belong to one user. Sent as `user-name` in CONNECTED. */
  readonly name: string;
  /** Name used in `/user/{name}/…` when it differs from `name` (Spring: DestinationUserNameProvider). @default name */
  readonly destinationUserName?: string;
  /** Roles that `hasRole` rules look at, without any `ROLE_` prefix. @default [] */
  readonly roles?: readonly string[];
  /** When the credentials end: milliseconds since 1970, or a Date, as `new Date(exp * 1000)`. The session is closed then. */
  readonly expiresAt?: number | Date;
}

/** When a principal's credentials end, in milliseconds since 1970. */
export function expiryOf(user: StompPrincipal | undefined): number | undefined {
  const expiresAt = user?.expiresAt;
  return expiresAt instanceof Date ? expiresAt.getTime() : expiresAt;
}

/** Whether a principal's credentials have ended; true for what is no time. */
export function isExpired(user: StompPrincipal | undefined): boolean {
  const endMs = expiryOf(user);
  return endMs !== undefined && !(endMs > Date.now());
}

/** The name by which user destinations and the registry know a principal. */
export function destinationUserName(user: StompPrincipal): string {
  return user.destinationUserName ?? user.name;
}
