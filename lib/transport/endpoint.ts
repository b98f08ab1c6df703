import { isText, StompException } from '../exception/index.js';
import type { Handshake, StompPrincipal } from '../message/index.js';
import type { EndpointOptions } from './endpoint-options.js';
import { certificatePrincipal } from './handshake/client-certificate.js';
import { OriginPolicy } from './handshake/origin-policy.js';
import { type SockJsSettings, sockJsSettings } from './sockjs/sock-js-options.js';

/** One endpoint with its options compiled. */
export class Endpoint {
  readonly paths: readonly string[];
  readonly origins: OriginPolicy;
  /** Undefined without SockJS; with it the paths below the endpoint's are its own too. */
  readonly sockJs: SockJsSettings | undefined;

  /** @param maxTextMessageBytes of a client's message, before SockJS quotes it */
  constructor(
    readonly options: EndpointOptions,
    maxTextMessageBytes: number,
  ) {
    this.paths = pathsOf(options.path);
    this.origins = new OriginPolicy(options);
    this.sockJs = sockJsSettings(options.sockJs, maxTextMessageBytes);
    if (this.sockJs !== undefined && options.allowedOrigins?.includes('*')) {
      // Spring: CORS with credentials and `*` exclude each other.
      throw new StompException(
        `The SockJS endpoint "${this.paths[0]}" cannot have "*" in allowedOrigins; use allowedOriginPatterns`,
        { code: 'STOMP_ERR_ENDPOINT' },
      );
    }
  }

  /** Who a request says its client is; at once, where `authenticateHandshake` is not there. Fails when it must not connect. */
  principalOf(
    handshake: Handshake,
  ): StompPrincipal | undefined | Promise<StompPrincipal | undefined> {
    if (this.options.authenticateHandshake === undefined) return this.certified(handshake);
    return this.authenticated(handshake, this.options.authenticateHandshake);
  }

  private async authenticated(
    handshake: Handshake,
    authenticate: NonNullable<EndpointOptions['authenticateHandshake']>,
  ): Promise<StompPrincipal | undefined> {
    return (await authenticate(handshake)) ?? this.certified(handshake);
  }

  private certified(handshake: Handshake): StompPrincipal | undefined {
    return certificatePrincipal(handshake, this.options.clientCertificate ?? false);
  }
}

/** What a request's path stands for. */
export interface EndpointMatch {
  readonly endpoint: Endpoint;
  /** The endpoint's path. */
  readonly path: string;
  /** What follows the endpoint's path: empty, or from a slash on. */
  readonly subPath: string;
}

/** Finds the endpoint of a path: exactly, or the longest one above it. */
export class EndpointTable {
  private readonly exact = new Map<string, Endpoint>();
  private readonly prefixes: { readonly path: string; readonly endpoint: Endpoint }[] = [];

  constructor(endpoints: readonly Endpoint[]) {
    for (const endpoint of endpoints) {
      for (const path of endpoint.paths) this.add(path, endpoint);
    }
    this.prefixes.sort((a, b) => b.path.length - a.path.length);
  }

  find(path: string): EndpointMatch | undefined {
    const endpoint = this.exact.get(path);
    if (endpoint !== undefined) return { endpoint, path, subPath: '' };
    for (const { path: prefix, endpoint } of this.prefixes) {
      if (path.startsWith(`${prefix}/`)) {
        return { endpoint, path: prefix, subPath: path.slice(prefix.length) };
      }
    }
    return undefined;
  }

  private add(path: string, endpoint: Endpoint): void {
    if (this.exact.has(path)) {
      throw new StompException(`Two endpoints have the path "${path}"`, {
        code: 'STOMP_ERR_ENDPOINT',
      });
    }
    this.exact.set(path, endpoint);
    if (endpoint.sockJs !== undefined)
      this.prefixes.push({ path: path === '/' ? '' : path, endpoint });
  }
}

/**
 * The paths of an endpoint, each with a slash in front and none behind. @throws StompException when there are none
 */
export function pathsOf(option: EndpointOptions['path']): readonly string[] {
  const paths: readonly unknown[] = [option].flat();
  if (paths.length === 0 || !paths.every(isText))
    throw new StompException("An endpoint needs a path, as in { path: '/stomp' }", {
      code: 'STOMP_ERR_ENDPOINT',
    });
  return paths.map(normalisedPath);
}

function normalisedPath(path: string): string {
  const leading = path.startsWith('/') ? path : `/${path}`;
  return leading.length > 1 && leading.endsWith('/') ? leading.slice(0, -1) : leading;
}
