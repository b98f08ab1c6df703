import type { Server } from 'node:http';
import {
  Controller,
  Get,
  type INestApplication,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { EndpointServerHarness, httpRequest, inbox } from './support/endpoint-server.harness.js';
import { until } from '../support/until.js';

@Controller('hello')
class HelloController {
  @Get()
  hello(): string {
    return 'hello';
  }
}

@WebSocketGateway({ path: '/gateway' })
class PlainGateway {
  @SubscribeMessage('ask')
  answer(): object {
    return { event: 'answer', data: 1 };
  }
}

@WebSocketGateway()
class SocketIoGateway {}

@Injectable()
class Endpoints implements OnApplicationBootstrap {
  harness: EndpointServerHarness | undefined;
  constructor(private readonly host: HttpAdapterHost) {}

  onApplicationBootstrap(): void {
    const server = this.host.httpAdapter.getHttpServer() as Server;
    this.harness = new EndpointServerHarness({ server, echo: true });
    this.harness.endpoints.attach(server);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.harness!.endpoints.close();
  }
}

const HTTP = { Express: () => new ExpressAdapter(), Fastify: () => new FastifyAdapter() };
const GATEWAYS = {
  none: { providers: [], adapter: undefined },
  ws: { providers: [PlainGateway], adapter: WsAdapter },
  'socket.io': { providers: [SocketIoGateway], adapter: IoAdapter },
};
const combinations = Object.keys(HTTP).flatMap((http) =>
  Object.keys(GATEWAYS).map((gateways) => [http, gateways] as const),
);

describe.each(combinations)('endpoints on %s beside gateways of %s', (http, gateways) => {
  let app: INestApplication;
  let harness: EndpointServerHarness;

  beforeEach(async () => {
    const { providers, adapter } = GATEWAYS[gateways as keyof typeof GATEWAYS];
    const module = await Test.createTestingModule({
      controllers: [HelloController],
      providers: [Endpoints, ...providers],
    }).compile();
    app = module.createNestApplication(HTTP[http as keyof typeof HTTP]());
    if (adapter !== undefined) app.useWebSocketAdapter(new adapter(app));
    app.setGlobalPrefix('api');
    await app.listen(0, '127.0.0.1');
    harness = app.get(Endpoints).harness!;
  });
  afterEach(async () => {
    await harness.stop();
    await app.close();
  });

  it('take connections on their own path', async () => {
    const client = await harness.connect('/stomp');
    const texts = inbox(client);
    client.send('x');

    await until(() => texts[0] === 'x');
  });

  it('answer plain requests on their own path', async () => {
    expect((await harness.http('GET', '/stomp')).status).toBe(400);
  });

  it('leave HTTP routes to the application', async () => {
    expect((await harness.http('GET', '/api/hello')).body).toBe('hello');
    expect((await harness.http('GET', '/nothing')).status).toBe(404);
  });

  it('end with the application while clients are connected', async () => {
    const client = await harness.connect('/stomp');
    const closed = new Promise((resolve) => client.once('close', resolve));
    await app.close();

    expect(await closed).toBe(1001);
  });

  if (gateways === 'none') {
    it('let the application answer upgrades of unknown paths', async () => {
      expect((await harness.refusal('/nothing')).status).toBe(404);
      const headers = { connection: 'Upgrade', upgrade: 'h2c' };
      const reply = await httpRequest(harness.port, 'GET', '/api/hello', { headers });
      expect(reply).toMatchObject({ status: 200, body: 'hello' });
    });
  }

  if (gateways === 'ws') {
    it('leave gateways their connections', async () => {
      const client = await harness.connect('/gateway');
      const texts = inbox(client);
      client.send('{"event":"ask"}');

      await until(() => texts[0] === '{"event":"answer","data":1}');
    });
  }

  if (gateways === 'socket.io') {
    it('leave gateways their connections', async () => {
      const client = harness.client('/socket.io/?EIO=4&transport=websocket');
      const texts = inbox(client);

      await until(() => texts[0]?.startsWith('0{"sid"') ?? false);
    });
  }
});
