import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { Controller, type INestApplication, Post } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { createSockJsService, type SockJsService } from '../../../lib/transport/index.js';
import { until } from '../../support/until.js';

interface SockJsClient {
  readonly transport: string;
  onopen: () => void;
  onmessage: (event: { data: string }) => void;
  onclose: (event: { code: number; reason: string }) => void;
  send(text: string): void;
  close(): void;
}

const SockJS = createRequire(import.meta.url)('sockjs-client') as new (
  url: string,
  reserved: undefined,
  options: { transports: string },
) => SockJsClient;

@Controller()
class BodyController {
  @Post('body')
  body(): string {
    return 'ok';
  }
}

const SERVERS: Record<string, () => Promise<{ server: Server; stop: () => Promise<unknown> }>> = {
  node: async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, stop: () => new Promise((resolve) => server.close(resolve)) };
  },
  Express: () => nest(new ExpressAdapter()),
  Fastify: () => nest(new FastifyAdapter()),
};

async function nest(adapter: ExpressAdapter | FastifyAdapter) {
  const module = await Test.createTestingModule({ controllers: [BodyController] }).compile();
  const app: INestApplication = module.createNestApplication(adapter);
  app.setGlobalPrefix('api');
  await app.listen(0, '127.0.0.1');
  return { server: app.getHttpServer() as Server, stop: () => app.close() };
}

describe.each(Object.keys(SERVERS))('sockjs-client and a service on %s', (name) => {
  let service: SockJsService;
  let url: string;
  let stop: () => Promise<unknown>;
  const closes: number[] = [];

  beforeEach(async () => {
    closes.splice(0);
    service = createSockJsService({
      path: '/echo',
      onConnect: (socket) => ({
        onMessage: (text) => {
          if (text === 'close') socket.close(3000, 'Go away!');
          else socket.send(text);
        },
        onClose: (code) => closes.push(code),
      }),
    });
    const running = await SERVERS[name]!();
    service.attach(running.server);
    url = `http://127.0.0.1:${(running.server.address() as AddressInfo).port}/echo`;
    stop = running.stop;
  });
  afterEach(async () => {
    await service.close();
    service.detach();
    await stop();
  });

  it.each(['websocket', 'xhr-streaming', 'xhr-polling', 'eventsource'])(
    'talk by %s',
    async (transport) => {
      const client = new SockJS(url, undefined, { transports: transport });
      const received: string[] = [];
      client.onopen = () => client.send('é 1');
      client.onmessage = ({ data }) => received.push(data);
      await until(() => received.length === 1);
      const texts = ['2', 'x'.repeat(20_000), '{"a":"\\u0000"}'];
      for (const text of texts) client.send(text);
      await until(() => received.length === 4);

      expect(received).toEqual(['é 1', ...texts]);
      expect(client.transport).toBe(transport);
      client.close();
      await until(() => closes.length === 1);
    },
  );

  it.each(['websocket', 'xhr-streaming', 'xhr-polling', 'eventsource'])(
    'the service closes by %s with its code and reason',
    async (transport) => {
      const client = new SockJS(url, undefined, { transports: transport });
      const closed = new Promise((resolve) => (client.onclose = resolve));
      client.onopen = () => client.send('close');

      expect(await closed).toMatchObject({ code: 3000, reason: 'Go away!' });
      await until(() => closes.length === 1);
    },
  );
});
