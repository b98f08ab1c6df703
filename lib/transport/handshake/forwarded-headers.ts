import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

/** How many proxies are believed: none, so many, or all. */
export type TrustProxy = boolean | number;

/**
 * Where a request came from and what it asked for, as seen by the client: `X-Forwarded-*` as far as proxies are trusted, else
 * the socket and `Host` or `:authority`.
 */
export class RequestOrigin {
  readonly remoteAddress: string;
  readonly secure: boolean;
  private readonly headers: IncomingHttpHeaders;
  private readonly hops: number;

  constructor(request: IncomingMessage, trust: TrustProxy) {
    const socket = request.socket as TLSSocket;
    this.headers = request.headers;
    this.hops = trust === true ? Number.POSITIVE_INFINITY : Number(trust);
    const scheme = this.forwarded('x-forwarded-proto') ?? (socket.encrypted ? 'https' : 'http');
    // Traefik names the scheme of the WebSocket on upgrades.
    this.secure = scheme === 'https' || scheme === 'wss';
    const forwarded = this.forwarded('x-forwarded-for');
    this.remoteAddress = unmapped(
      forwarded === undefined ? (socket.remoteAddress ?? '') : withoutPort(forwarded),
    );
  }

  /** Scheme, host and port that the client used; undefined when its `Host` makes no sense. Parsed when read. */
  get ownOrigin(): URL | undefined {
    const host = this.forwarded('x-forwarded-host') ?? authorityOf(this.headers);
    return urlOf(this.secure, host, this.forwarded('x-forwarded-port'));
  }

  private forwarded(name: string): string | undefined {
    return this.hops > 0 ? lastTrusted(this.headers, name, this.hops) : undefined;
  }
}

/** HTTP/2 has a pseudo-header in place of `Host`. */
function authorityOf({ ':authority': authority, host }: IncomingHttpHeaders): string | undefined {
  return typeof authority === 'string' ? authority : host;
}

/** Each proxy appends what it saw: the n-th from the right was written by the outermost of n trusted ones. */
function lastTrusted(headers: IncomingHttpHeaders, name: string, hops: number): string | undefined {
  const header = headers[name];
  if (header === undefined) return undefined;
  const values = String(header).split(',');
  const value = values[Math.max(0, values.length - hops)]?.trim();
  return value === '' ? undefined : value?.toLowerCase();
}

function urlOf(
  secure: boolean,
  host: string | undefined,
  port: string | undefined,
): URL | undefined {
  if (host === undefined) return undefined;
  const authority = port === undefined || /:\d+$/.test(host) ? host : `${host}:${port}`;
  const text = `${secure ? 'https' : 'http'}://${authority}`;
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** IPv4 addresses look the same on dual-stack sockets. */
function unmapped(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

/** A port that a proxy appended is left out, and the brackets that IPv6 needs before one. */
function withoutPort(address: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(address);
  if (bracketed) return bracketed[1]!;
  return /^(::ffff:)?\d+\.\d+\.\d+\.\d+:\d+$/.test(address)
    ? address.slice(0, address.lastIndexOf(':'))
    : address;
}
