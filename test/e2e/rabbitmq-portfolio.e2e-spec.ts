import { jest } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { SimpMessagingTemplate, StompEvents } from 'nestjs-stomp';
import { createApp } from '../../sample/portfolio/src/create-app.js';
import { StockExchange } from '../../sample/portfolio/src/stock-exchange.js';
import { until } from '../support/until.js';
import { firstFree, RealBroker } from '../brokers/real-broker.js';
import { rabbitMq } from '../brokers/rabbitmq.js';
import { StompClient } from '../support/stomp-client.js';

const kind = await firstFree(rabbitMq(25), rabbitMq(17));
const QUOTES = '/topic/price.stock.MMM';

describe('the portfolio on RabbitMQ', () => {
  let broker: RealBroker;
  let app: INestApplication;
  let wsUrl: string;
  const available: boolean[] = [];
  const clients: StompClient[] = [];

  beforeAll(async () => {
    broker = await RealBroker.start(kind);
    app = await createApp({ relayPort: kind.port, logger: false });
    app.get(StompEvents).on('brokerAvailability', (event) => available.push(event.available));
    await app.listen(0, '127.0.0.1');
    wsUrl = `${(await app.getUrl()).replace('http', 'ws')}/portfolio`;
    await until(() => available.length === 1);
  }, 120_000);

  afterAll(async () => {
    for (const client of clients) client.socket.terminate();
    await app.close();
    await broker.stop();
  }, 120_000);

  async function fabrice(): Promise<StompClient> {
    const client = await StompClient.connect(wsUrl, { login: 'fabrice', passcode: 'fab123' });
    clients.push(client);
    return client;
  }

  it('publishes prices', async () => {
    const client = await fabrice();
    await client.subscribe(QUOTES);
    const { text } = await client.message();
    expect(JSON.parse(text)).toMatchObject({ ticker: 'MMM', price: expect.any(Number) });
  });

  it('gives positions, takes orders, and tells their sender alone', async () => {
    const [client, other] = [await fabrice(), await StompClient.connect(wsUrl)];
    clients.push(other);
    for (const one of [client, other]) await one.subscribe('/user/queue/position-updates');
    client.frame('SUBSCRIBE', { id: 'positions', destination: '/app/positions' });
    const positions = JSON.parse((await client.message()).text) as { ticker: string }[];
    expect(positions.map(({ ticker }) => ticker)).toEqual(['CTXS', 'DELL', 'MSFT', 'ORCL']);
    const order = { action: 'BUY', ticker: 'MMM', shares: 44 };
    client.send('/app/trade', JSON.stringify(order), { 'content-type': 'application/json' });
    const { headers, text } = await client.message();
    expect(headers.destination).toBe('/user/queue/position-updates');
    expect(JSON.parse(text)).toMatchObject({ ticker: 'MMM', shares: 44 });
    await other.expectNoFrame();
  });

  it('says why an order is refused', async () => {
    const client = await fabrice();
    await client.subscribe('/user/queue/errors');
    client.send('/app/trade', JSON.stringify({ action: 'SELL', ticker: 'VMW', shares: 1 }), {
      'content-type': 'application/json',
    });
    expect((await client.message()).text).toBe('You cannot sell 1 VMW: you hold none');
  });

  it('sends no prices while the broker is away, and goes on when it is back', async () => {
    const listener = await fabrice();
    await listener.subscribe('/topic/nobody-sends');
    const sent = jest.spyOn(app.get(SimpMessagingTemplate), 'convertAndSend');
    await broker.down('SIGKILL');
    expect((await listener.refused()).headers.message).toMatch(/^(Connection|Transport)/);
    await until(() => available.at(-1) === false);
    sent.mockClear();
    await ticks(2);
    expect(sent).not.toHaveBeenCalled();
    await broker.up();
    await until(() => available.at(-1) === true);
    const again = await fabrice();
    await again.subscribe(QUOTES);
    expect((await again.message()).headers.destination).toBe(QUOTES);
    sent.mockRestore();
  }, 120_000);

  /** Waits until the prices have changed so many times. */
  async function ticks(count: number): Promise<void> {
    const [stock] = app.get(StockExchange).stocks;
    for (let tick = 0; tick < count; tick++) {
      const last = stock!.history.at(-1);
      await until(() => stock!.history.at(-1) !== last);
    }
  }
});
