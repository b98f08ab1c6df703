import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect, createSecureServer, type IncomingHttpHeaders } from 'node:http2';
import { createServer } from 'node:https';
import type { EndpointOptions } from '../../lib/transport/index.js';
import { EndpointServerHarness } from './support/endpoint-server.harness.js';

const pem = (name: string) =>
  readFileSync(new URL(`./support/certificates/${name}`, import.meta.url));
const ca = pem('ca.pem');
const AMY = { cert: pem('client.pem'), key: pem('client.key') };
const STRANGER = { cert: pem('stranger.pem'), key: pem('stranger.key') };

describe('endpoints of an HTTPS server', () => {
  let harness: EndpointServerHarness;
  afterEach(() => harness.stop());

  async function start(endpoint: Partial<EndpointOptions> = {}): Promise<void> {
    const tls = { ca, requestCert: true, rejectUnauthorized: false };
    harness = await EndpointServerHarness.start({
      server: createServer({ ...tls, cert: pem('server.pem'), key: pem('server.key') }),
      endpoints: [{ path: '/stomp', ...endpoint }],
      echo: true,
    });
  }

  async function userOf(certificate: object): Promise<unknown> {
    await harness.connect('/stomp', { scheme: 'wss', ca, ...certificate });
    return harness.session.connection.user;
  }

  it('are secure, and allow the https origin', async () => {
    await start();
    const origin = `https://127.0.0.1:${harness.port}`;
    await harness.connect('/stomp', { scheme: 'wss', ca, headers: { origin } });

    expect(harness.session.connection.handshake.secure).toBe(true);
  });

  it('carry frames both ways', async () => {
    await start();
    const client = await harness.connect('/stomp', { scheme: 'wss', ca });
    const echoed = new Promise<number>((resolve) =>
      client.once('message', (data: Buffer) => resolve(data.length)),
    );
    client.send('x'.repeat(60_000));

    expect(await echoed).toBe(60_000);
  });

  it('take the common name of a trusted client certificate as the user when asked to', async () => {
    await start({ clientCertificate: true });

    expect(await userOf(AMY)).toEqual({ name: 'amy' });
  });

  it('let the application map a trusted certificate', async () => {
    await start({
      clientCertificate: ({ subject }) => ({ name: [subject.OU, subject.CN].join('/') }),
    });

    expect(await userOf(AMY)).toEqual({ name: 'traders/amy' });
  });

  it('do not believe a certificate that the server does not trust', async () => {
    await start({ clientCertificate: true });

    expect(await userOf(STRANGER)).toBeUndefined();
  });

  it('ignore certificates by default', async () => {
    await start();

    expect(await userOf(AMY)).toBeUndefined();
  });

  it('ask authenticateHandshake first', async () => {
    await start({ clientCertificate: true, authenticateHandshake: () => ({ name: 'bob' }) });

    expect(await userOf(AMY)).toEqual({ name: 'bob' });
  });
});

describe('endpoints of an HTTP/2 server', () => {
  const [cert, key] = [pem('server.pem'), pem('server.key')];
  let harness: EndpointServerHarness;
  beforeEach(async () => {
    // An application listens, without which HTTP/2 has no requests; it ends with its sessions, which the test ends.
    const application = createSecureServer({ cert, key, allowHTTP1: true }, () => undefined);
    const server = Object.assign(application, { closeAllConnections: () => undefined });
    harness = await EndpointServerHarness.start({
      server: server as unknown as Server,
      endpoints: [{ path: '/stomp', sockJs: true }],
    });
  });
  afterEach(() => harness.stop());

  it.each([
    ['their own origin', 200],
    ['no other', 403],
  ])('allow SockJS from %s', async (which, status) => {
    const own = `https://127.0.0.1:${harness.port}`;
    const session = connect(own, { ca });
    const origin = which === 'no other' ? 'https://evil.example' : own;
    const request = session.request({ ':path': '/stomp/info', origin });
    const answer = await new Promise<IncomingHttpHeaders>((resolve, reject) =>
      request.once('response', resolve).once('error', reject),
    );
    session.destroy();

    expect(answer[':status']).toBe(status);
  });
});
