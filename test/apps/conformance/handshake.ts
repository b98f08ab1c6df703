import type {
  Handshake,
  HandshakeInterceptor,
  HandshakeResponse,
  StompPrincipal,
} from 'nestjs-stomp';

/** The query parameter `user`, else the header `X-User`, else nobody. */
export function userOf({ query, headers }: Handshake): StompPrincipal | undefined {
  const name = query.get('user') || headers['x-user'];
  return name ? { name: String(name) } : undefined;
}

/** Refuses with the status that `deny` asks for; `attr` becomes a session attribute. */
export class ContractHandshake implements HandshakeInterceptor {
  beforeHandshake(
    { query }: Handshake,
    response: HandshakeResponse,
    attributes: Map<string, unknown>,
  ): boolean {
    const deny = query.get('deny');
    if (deny !== null) {
      response.setStatus(Number(deny));
      return false;
    }
    const attr = query.get('attr');
    if (attr !== null) attributes.set('attr', attr);
    return true;
  }
}
