import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { StompPrincipal } from '../../lib/message/index.js';
import { authenticateWith, type HandshakeMiddleware } from '../../lib/security/index.js';
import { session } from '../user/verbs.js';

let server: Server;
let run: (request: IncomingMessage) => Promise<unknown>;

beforeEach(async () => {
  server = createServer((request, response) => {
    void run(request).then(
      (user) => response.end(JSON.stringify(user ?? null)),
      (error: { status?: number; message: string }) => {
        response.statusCode = error.status ?? 500;
        response.end(error.message);
      },
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => server.close());

/** What a handshake with these middlewares ends in. */
async function handshake(
  middleware: HandshakeMiddleware[],
  principalOf: (request: any) => StompPrincipal | undefined = (request) => request.user,
): Promise<[status: number, body: string]> {
  const authenticate = authenticateWith(middleware, principalOf);
  run = (request) => authenticate({ ...session('s').handshake, request });
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/stomp`, {
    headers: { cookie: 'sid=ann' },
  });
  return [response.status, await response.text()];
}

/** Like express-session: reads a cookie, and hooks the end of the response. */
const httpSession: HandshakeMiddleware = (request, response, next) => {
  const end = response.end.bind(response);
  response.end = (...args: unknown[]) => end(...args);
  request.session = { name: /sid=(\w+)/.exec(request.headers.cookie)?.[1] };
  setImmediate(next);
};

/** Like passport.authenticate(): answers, or names the user. */
const strategy =
  (accepts: (name: string) => boolean): HandshakeMiddleware =>
  (request, response, next) => {
    const { name } = request.session;
    if (accepts(name)) {
      request.user = { name };
      return next();
    }
    response.statusCode = 401;
    response.setHeader('WWW-Authenticate', 'Bearer');
    response.end('Unauthorized');
  };

it('takes the principal from what middleware put on the request', async () => {
  expect(await handshake([httpSession, strategy(() => true)])).toEqual([200, '{"name":"ann"}']);
});

it('refuses a handshake with the status of the middleware that answered it', async () => {
  const never: HandshakeMiddleware = () => {
    throw new Error('must not run');
  };
  const [status, text] = await handshake([httpSession, strategy(() => false), never]);
  expect(status).toBe(401);
  expect(text).toBe('The handshake was answered with 401 by middleware');
});

it.each<[string, HandshakeMiddleware]>([
  ['passes to next', (_request, _response, next) => next(new Error('broken'))],
  [
    'throws',
    () => {
      throw new Error('broken');
    },
  ],
  ['rejects with', () => Promise.reject(new Error('broken'))],
])('refuses a handshake with the error that middleware %s', async (_, middleware) => {
  expect(await handshake([middleware])).toEqual([500, 'broken']);
});

it('leaves a session anonymous when nobody is named', async () => {
  expect(await handshake([httpSession])).toEqual([200, 'null']);
});
