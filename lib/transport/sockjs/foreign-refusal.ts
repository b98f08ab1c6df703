import type { Exchange, HttpAnswer } from '../exchange.js';

const REFUSAL: HttpAnswer = { status: 403, body: 'Invalid CORS request' };

/**
 * Refuses the pages of origins that are not allowed. A request without an origin does not come from another site's page,
 * unless it is one that any page can make as a script: then its `Referer` has to say where it comes from.
 */
export function foreignRefusal(exchange: Exchange, byScript = false): HttpAnswer | undefined {
  const { endpoint, ownOrigin, request } = exchange;
  const { origin, referer } = request.headers;
  const source = origin ?? (byScript ? originOf(referer) : undefined);
  return endpoint.origins.allows(source, ownOrigin) ? undefined : REFUSAL;
}

function originOf(referer: string | undefined): string {
  return referer !== undefined && URL.canParse(referer) ? new URL(referer).origin : 'null';
}
