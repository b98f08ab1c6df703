import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { WebSocket } from 'ws';
import {
  createSockJsService,
  type SockJsService,
  type SockJsServiceOptions,
} from '../../../lib/transport/index.js';
import { until } from '../../support/until.js';

describe('createSockJsService', () => {
  let server: Server;
  let service: SockJsService | undefined;
  let error: jest.SpiedFunction<Logger['error']>;
  const clients: WebSocket[] = [];

  beforeEach(async () => {
    error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.terminate();
    await service?.close({ deadlineMs: 200 });
    service?.detach();
    await new Promise((resolve) => server.close(resolve));
    error.mockRestore();
  });

  const serve = (options: Partial<SockJsServiceOptions>): void => {
    service = createSockJsService({ path: '/echo', onConnect: () => undefined, ...options });
    service.attach(server);
  };
  const connect = (): { client: WebSocket; closed: Promise<number> } => {
    const { port } = server.address() as AddressInfo;
    const client = new WebSocket(`ws://127.0.0.1:${port}/echo/000/abc/websocket`, {
      headers: { 'x-tenant': 'acme' },
    });
    clients.push(client);
    return { client, closed: new Promise((resolve) => client.once('close', resolve)) };
  };

  it('leaves no timer behind when onConnect throws', async () => {
    serve({
      sockJs: { heartbeatTime: 10 },
      onConnect: () => {
        throw new Error('not today');
      },
    });
    const before = timers();
    expect(await connect().closed).toBe(1011);

    await until(() => timers() <= before);
  });

  it('closes with 1011 when an asynchronous onMessage rejects, and logs why', async () => {
    serve({ onConnect: () => ({ onMessage: () => Promise.reject(new Error('no such row')) }) });
    const { client, closed } = connect();
    client.once('open', () => client.send('["text"]'));

    expect(await closed).toBe(1011);
    expect(error.mock.calls).toEqual([
      ['Handling a message failed', expect.stringContaining('no such row')],
    ]);
  });

  it('logs what an asynchronous onClose rejects with', async () => {
    serve({ onConnect: () => ({ onClose: () => Promise.reject(new Error('no such row')) }) });
    const { client } = connect();
    client.once('open', () => client.close());

    await until(() => error.mock.calls.length > 0);
    expect(error.mock.calls).toEqual([
      ['Ending a session failed', expect.stringContaining('no such row')],
    ]);
  });

  it('shows whose socket it is', async () => {
    const known: unknown[] = [];
    serve({
      authenticateHandshake: () => ({ name: 'ann' }),
      handshakeInterceptors: [
        {
          beforeHandshake: (handshake, _, attributes) => {
            attributes.set('tenant', handshake.headers['x-tenant']);
            return true;
          },
        },
      ],
      onConnect: ({ user, handshake, attributes }) => {
        known.push(user?.name, handshake.url, attributes.get('tenant'));
      },
    });
    await once(connect().client, 'open');
    await until(() => known.length > 0);

    expect(known).toEqual(['ann', '/echo/000/abc/websocket', 'acme']);
  });
});

function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}
