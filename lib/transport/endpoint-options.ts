import type { PeerCertificate } from 'node:tls';
import type { Handshake, StompPrincipal } from '../message/index.js';
import type { HandshakeInterceptor } from './handshake/handshake-interceptor.js';
import type { SockJsOptions } from './sockjs/sock-js-options.js';

/**
 * Who a trusted TLS client certificate stands for; nobody when it returns undefined.
 *
 * @publicApi
 */
export type CertificatePrincipalMapper = (
  certificate: PeerCertificate,
  handshake: Handshake,
) => StompPrincipal | undefined;

/**
 * One endpoint: the paths that clients connect to, and who may.
 *
 * @publicApi
 */
export interface EndpointOptions {
  /** Exact paths, without the application's global prefix. */
  path: string | readonly string[];
  /** Serves SockJS below the paths, beside plain WebSocket on them. @default false */
  sockJs?: boolean | SockJsOptions;
  /**
   * Origins that browsers may connect from, beside the endpoint's own: `https://app.example.com`; `*` for all.
   * @default [] same origin only
   */
  allowedOrigins?: readonly string[];
  /**
   * Patterns of allowed origins: `https://*.example.com`, `https://*.example.com:[8080,8081]`, `http://localhost:[*]`, `*`.
   * @default []
   */
  allowedOriginPatterns?: readonly string[];
  /** Run in order before the origin is checked; their `afterHandshake` in reverse. @default [] */
  handshakeInterceptors?: readonly HandshakeInterceptor[];
  /**
   * Says who opens the connection: the principal of the session, undefined for an anonymous one. What it throws refuses the
   * handshake with the status of the exception (`getStatus()`, `status`), 401 without one.
   */
  authenticateHandshake?: (
    handshake: Handshake,
  ) => StompPrincipal | undefined | Promise<StompPrincipal | undefined>;
  /**
   * Takes the principal from a TLS client certificate that the server trusts (`requestCert` and `ca` of the HTTPS server):
   * its common name, or what the function makes of it. Asked when `authenticateHandshake` names nobody.
   * @default false
   */
  clientCertificate?: boolean | CertificatePrincipalMapper;
}
