import type { Server } from 'node:http';
import { duplexPair, type Duplex } from 'node:stream';
import { Server as TlsServer } from 'node:tls';

/** Methods of a socket that a connection in memory can do without. */
const SOCKET_METHODS = ['setTimeout', 'setNoDelay', 'setKeepAlive', 'ref', 'unref'] as const;

/**
 * A connection to an HTTP or HTTPS server without a port: the server takes it as one of its own, so that upgrade, handshake
 * and all that follows run as over a network. HTTPS begins behind the handshake of TLS, with a client that has no certificate.
 */
export function connectInMemory(server: Server): Duplex {
  const [client, accepted] = duplexPair();
  for (const side of [client, accepted]) makeSocketLike(side);
  // Either end of a socket that is cut cuts the other.
  client.once('close', () => accepted.destroy());
  accepted.once('close', () => client.destroy());
  const encrypted = server instanceof TlsServer;
  if (encrypted) Object.assign(accepted, { encrypted, authorized: false });
  server.emit(encrypted ? 'secureConnection' : 'connection', accepted);
  return client;
}

function makeSocketLike(side: Duplex): void {
  for (const name of SOCKET_METHODS) Object.defineProperty(side, name, { value: () => side });
  Object.defineProperty(side, 'remoteAddress', { value: '127.0.0.1' });
}
