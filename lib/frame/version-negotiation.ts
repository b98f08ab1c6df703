import type { StompVersion } from './stomp-command.js';

/** The versions understood here, best first. */
export const SUPPORTED_VERSIONS: readonly StompVersion[] = ['1.2', '1.1', '1.0'];

/**
 * The best version that an `accept-version` header and this server have in common; undefined without one. A client
 * without the header speaks 1.0 (STOMP 1.2, Protocol Negotiation).
 */
export function negotiateVersion(acceptVersion: string | undefined): StompVersion | undefined {
  if (acceptVersion === undefined) return '1.0';
  const accepted = acceptVersion.split(',').map((one) => one.trim());
  return SUPPORTED_VERSIONS.find((version) => accepted.includes(version));
}
