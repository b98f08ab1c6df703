import type { StompPrincipal } from '../message/index.js';

/** Whether a principal's credentials have ended. */
export function isExpired(user: StompPrincipal | undefined): boolean {
  return user?.expiresAt !== undefined && Number(user.expiresAt) <= Date.now();
}
