import type { TLSSocket } from 'node:tls';
import type { Handshake, StompPrincipal } from '../../message/index.js';
import type { CertificatePrincipalMapper } from '../endpoint-options.js';

/** The principal of a certificate that the TLS server trusts; undefined without one. */
export function certificatePrincipal(
  handshake: Handshake,
  option: boolean | CertificatePrincipalMapper,
): StompPrincipal | undefined {
  const socket = handshake.request.socket as TLSSocket;
  if (option === false || !socket.authorized) return undefined;
  const certificate = socket.getPeerCertificate();
  if (typeof option === 'function') return option(certificate, handshake);
  const name: string | string[] | undefined = certificate.subject?.CN;
  // Several common names say nothing certain about who it is.
  return typeof name === 'string' && name !== '' ? { name } : undefined;
}
