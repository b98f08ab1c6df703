const STOMP_PROTOCOLS: ReadonlySet<string> = new Set(['v10.stomp', 'v11.stomp', 'v12.stomp']);

/**
 * The first protocol of the client's list that is STOMP, in the client's spelling; false when there is none. It does not
 * decide the STOMP version.
 */
export function selectSubProtocol(asked: Iterable<string>): string | false {
  for (const protocol of asked) if (STOMP_PROTOCOLS.has(protocol.toLowerCase())) return protocol;
  return false;
}
