import { createHash } from 'node:crypto';
import type { Exchange, HttpAnswer } from '../exchange.js';
import { cached } from './response-headers.js';
import type { SockJsSettings } from './sock-js-options.js';

export const IFRAME_PATH = /^\/iframe[0-9-.a-z_]*\.html$/;

/** The page through which a page of another site talks to this server. */
export function iframe({ request, endpoint }: Exchange, settings: SockJsSettings): HttpAnswer {
  if (request.method !== 'GET') return { status: 405, headers: { Allow: 'GET' } };
  const { origins } = endpoint;
  // Spring: what a page in a frame asks has the server's own origin, so the list could not be checked.
  if (origins.isConfigured && !origins.allowsAll) return { status: 404 };
  const body = page(settings.clientLibraryUrl);
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  if (isAmong(request.headers['if-none-match'], etag))
    return { status: 304, headers: { ETag: etag } };
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/html; charset=UTF-8',
      ETag: etag,
      ...cached(),
      ...(origins.isConfigured ? {} : { 'X-Frame-Options': 'SAMEORIGIN' }),
    },
    body,
  };
}

/** RFC 9110, If-None-Match: any, or a list whose entries may be weak, which does not matter here. */
function isAmong(list: string | undefined, etag: string): boolean {
  if (list === undefined) return false;
  const tags = list.split(',').map((one) => one.trim().replace(/^W\//, ''));
  return tags.includes(etag) || list.trim() === '*';
}

function page(clientLibraryUrl: string): string {
  return `<!DOCTYPE html>
<html>
<head>
  <meta http-equiv="X-UA-Compatible" content="IE=edge" />
  <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
  <script src="${clientLibraryUrl.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></script>
  <script>
    document.domain = document.domain;
    SockJS.bootstrap_iframe();
  </script>
</head>
<body>
  <h2>Don't panic!</h2>
  <p>This is a SockJS hidden iframe. It's used for cross domain magic.</p>
</body>
</html>`;
}
