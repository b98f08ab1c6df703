/** Longer origins are refused without being looked at: a host name has at most 253 characters. */
const MAX_ORIGIN_LENGTH = 512;

/** Which origins an endpoint lists, beside its own. */
export interface AllowedOrigins {
  readonly allowedOrigins?: readonly string[];
  readonly allowedOriginPatterns?: readonly string[];
}

/** The rules of Spring's CorsConfiguration for the `Origin` of a handshake. */
export class OriginPolicy {
  /** Whether origins beside the endpoint's own were listed at all. */
  readonly isConfigured: boolean;
  /** Whether every origin may connect. */
  readonly allowsAll: boolean;
  private readonly origins: ReadonlySet<string>;
  private readonly patterns: readonly RegExp[];

  constructor({ allowedOrigins = [], allowedOriginPatterns = [] }: AllowedOrigins) {
    this.isConfigured = allowedOrigins.length + allowedOriginPatterns.length > 0;
    this.allowsAll = allowedOrigins.includes('*') || allowedOriginPatterns.includes('*');
    this.origins = new Set(allowedOrigins.map((origin) => trimSlash(origin).toLowerCase()));
    this.patterns = allowedOriginPatterns.map((one) => compileOriginPattern(trimSlash(one)));
  }

  /** Whether requests of this origin may connect; those without one (not from a browser) may. */
  allows(origin: string | undefined, ownOrigin: URL | undefined): boolean {
    if (origin === undefined || this.allowsAll) return true;
    if (origin.length > MAX_ORIGIN_LENGTH) return false;
    return this.isListed(origin) || isSameOrigin(origin, ownOrigin);
  }

  private isListed(origin: string): boolean {
    const trimmed = trimSlash(origin);
    if (this.origins.has(trimmed.toLowerCase())) return true;
    return this.patterns.some((pattern) => pattern.test(trimmed));
  }
}

function isSameOrigin(origin: string, ownOrigin: URL | undefined): boolean {
  if (ownOrigin === undefined || !URL.canParse(origin)) return false;
  const other = new URL(origin);
  // A URL's host leaves out the default port of its scheme.
  return other.protocol === ownOrigin.protocol && other.host === ownOrigin.host;
}

/** `https://*.example.com:[80,443]` as a regular expression; `:[*]` stands for any port or none. */
function compileOriginPattern(pattern: string): RegExp {
  const [, base, ports] = /^(.*):\[(\*|\d+(?:,\d+)*)\]$/.exec(pattern) ?? [
    null,
    pattern,
    undefined,
  ];
  const host = starred(base.split('*').map(escapeRegExp));
  const port =
    ports === undefined ? '' : ports === '*' ? '(?::\\d+)?' : `:(?:${ports.replaceAll(',', '|')})`;
  return new RegExp(`^${host}${port}$`);
}

/**
 * Texts with a star between each two. Those in the middle are taken where they come first and never elsewhere (a lookahead
 * gives nothing back): with several stars an origin that does not fit would take polynomial time.
 */
function starred([first = '', ...others]: readonly string[]): string {
  const last = others.pop();
  const middle = others.map((text, i) => `(?=(.*?${text}))\\${i + 1}`);
  return last === undefined ? first : `${first}${middle.join('')}.*${last}`;
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function trimSlash(origin: string): string {
  return origin.endsWith('/') ? origin.slice(0, -1) : origin;
}
