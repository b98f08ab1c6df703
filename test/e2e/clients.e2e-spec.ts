import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import {
  MessageExceptionHandler,
  MessageMapping,
  SendTo,
  SendToUser,
  SimpMessagingTemplate,
  simpleBroker,
  StompModule,
  SubscribeMapping,
} from 'nestjs-stomp';
import { startNest, type HttpAdapterName, type RunningNest } from '../support/nest-application.js';
import { realClients, type RealClient } from '../support/real-clients.js';

class Order {
  ticker!: string;
  shares!: number;
}

@Controller()
class TradeController {
  constructor(private readonly template: SimpMessagingTemplate) {}

  @SubscribeMapping('positions')
  positions(): Order[] {
    return [{ ticker: 'MMM', shares: 44 }];
  }

  @MessageMapping('hello')
  @SendTo('/topic/greetings')
  hello({ name }: Record<string, string>): { content: string } {
    return { content: `Hello, ${name}!` };
  }

  @MessageMapping('trade')
  @SendToUser('/queue/position-updates')
  trade(order: Order): Order {
    if (order.shares <= 0) throw new RangeError('no shares');
    return order;
  }

  @MessageExceptionHandler(RangeError)
  @SendToUser('/queue/errors', { broadcast: false })
  onError(error: RangeError): string {
    return error.message;
  }

  @Post('greetings')
  @HttpCode(204)
  greet(@Body() { text }: { text: string }): void {
    this.template.convertAndSend('/topic/greetings', text);
  }
}

/** Subscribes, does something once the server has the subscription, and gives the first message. */
async function hears(client: RealClient, destination: string, act: () => unknown): Promise<string> {
  const heard = new Promise<string>((resolve) => client.subscribe(destination, resolve));
  await subscriptionsAreStored(client);
  await act();
  return heard;
}

let markers = 0;

/** What a client sends to itself comes back behind all that it sent before. */
function subscriptionsAreStored(client: RealClient): Promise<void> {
  const marker = `/topic/marker.${++markers}`;
  return new Promise((resolve) => {
    client.subscribe(marker, () => resolve());
    client.send(marker, 'x');
  });
}

describe.each<HttpAdapterName>(['Express', 'Fastify'])('a Nest application on %s', (adapter) => {
  let nest: RunningNest;

  beforeAll(async () => {
    nest = await startNest(
      {
        imports: [
          StompModule.forRoot({
            endpoints: ['/portfolio'],
            applicationDestinationPrefixes: ['/app'],
            brokers: [simpleBroker({ destinations: ['/topic', '/queue'] })],
          }),
        ],
        controllers: [TradeController],
      },
      adapter,
    );
  });

  afterAll(() => nest.app.close());

  describe.each(Object.keys(realClients))('with %s', (name) => {
    let client: RealClient;

    beforeEach(async () => {
      client = await realClients[name]!(`${nest.wsUrl}/portfolio`);
    });

    afterEach(() => client.close());

    it('answers a SUBSCRIBE by its @SubscribeMapping', async () => {
      const positions = await hears(client, '/app/positions', () => undefined);
      expect(JSON.parse(positions)).toEqual([{ ticker: 'MMM', shares: 44 }]);
    });

    it('sends what a @MessageMapping returns to subscribers', async () => {
      const greeting = await hears(client, '/topic/greetings', () =>
        client.send('/app/hello', { name: 'Ann' }),
      );
      expect(JSON.parse(greeting)).toEqual({ content: 'Hello, Ann!' });
    });

    it('confirms to the user who sent', async () => {
      const order = { ticker: 'MMM', shares: 1 };
      const update = await hears(client, '/user/queue/position-updates', () =>
        client.send('/app/trade', order),
      );
      expect(JSON.parse(update)).toEqual(order);
    });

    it('sends what an exception handler returns to the session that failed', async () => {
      const error = await hears(client, '/user/queue/errors', () =>
        client.send('/app/trade', { ticker: 'MMM', shares: 0 }),
      );
      expect(error).toBe('no shares');
    });

    it('passes on what an HTTP controller sends by the template', async () => {
      const greeting = await hears(client, '/topic/greetings', () =>
        fetch(`${nest.httpUrl}/greetings`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ text: 'from HTTP' }),
        }),
      );
      expect(greeting).toBe('from HTTP');
    });
  });
});
