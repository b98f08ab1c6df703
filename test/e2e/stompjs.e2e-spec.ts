import { Client, type IMessage, type StompHeaders } from '@stomp/stompjs';
import { simpleBroker, StompModule } from 'nestjs-stomp';
import WebSocket from 'ws';
import { startNest, type RunningNest } from '../support/nest-application.js';

const MIB = 1024 * 1024;

/** The messages of one subscription, to be awaited one by one. */
class Inbox {
  private readonly messages: IMessage[] = [];
  private waiting: ((message: IMessage) => void)[] = [];

  readonly put = (message: IMessage): void => {
    const next = this.waiting.shift();
    if (next) next(message);
    else this.messages.push(message);
  };

  next(): Promise<IMessage> {
    const message = this.messages.shift();
    if (message) return Promise.resolve(message);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  get isEmpty(): boolean {
    return this.messages.length === 0;
  }
}

describe('what @stomp/stompjs documents', () => {
  let nest: RunningNest;
  const clients: Client[] = [];

  beforeAll(async () => {
    nest = await startNest({
      imports: [
        StompModule.forRoot({
          endpoints: ['/stomp'],
          brokers: [simpleBroker({ destinations: ['/topic', '/queue'], queues: ['/queue'] })],
          applicationDestinationPrefixes: ['/app'],
          messageSizeLimit: 2 * MIB,
          maxTextMessageBytes: 2 * MIB,
          maxBinaryMessageBytes: 2 * MIB,
          sendBufferSizeLimit: 4 * MIB,
        }),
      ],
    });
  });

  afterEach(() =>
    Promise.all(clients.splice(0).map((client) => client.deactivate({ force: true }))),
  );
  afterAll(() => nest.app.close());

  async function connect(): Promise<Client> {
    const client = new Client({
      webSocketFactory: () => new WebSocket(`${nest.wsUrl}/stomp`),
      reconnectDelay: 0,
    });
    clients.push(client);
    await new Promise<void>((resolve, reject) => {
      client.onConnect = () => resolve();
      client.onWebSocketError = reject;
      client.activate();
    });
    return client;
  }

  let receipts = 0;

  /** Does something with a receipt header and waits for the RECEIPT. */
  function done(client: Client, act: (headers: StompHeaders) => unknown): Promise<unknown> {
    const receipt = `r-${++receipts}`;
    return new Promise((resolve) => {
      client.watchForReceipt(receipt, resolve);
      act({ receipt });
    });
  }

  async function subscribe(client: Client, destination: string, headers: StompHeaders = {}) {
    const inbox = new Inbox();
    await done(client, (receipt) =>
      client.subscribe(destination, inbox.put, { ...headers, ...receipt }),
    );
    return inbox;
  }

  it('acknowledges a message, which is not delivered again', async () => {
    const [consumer, other] = [await connect(), await connect()];
    const inbox = await subscribe(consumer, '/queue/acked', { ack: 'client' });
    consumer.publish({ destination: '/queue/acked', body: 'x' });
    const message = await inbox.next();
    await done(consumer, (headers) => message.ack(headers));
    await consumer.deactivate();
    const rest = await subscribe(other, '/queue/acked');
    other.publish({ destination: '/queue/acked', body: 'next' });
    expect((await rest.next()).body).toBe('next');
  });

  it('refuses a message, which goes to the other consumer', async () => {
    const [consumer, other] = [await connect(), await connect()];
    const inbox = await subscribe(consumer, '/queue/nacked', { ack: 'client-individual' });
    consumer.publish({ destination: '/queue/nacked', body: 'x' });
    const message = await inbox.next();
    const others = await subscribe(other, '/queue/nacked', { ack: 'client-individual' });
    message.nack();
    const again = await others.next();
    expect(again).toMatchObject({ body: 'x', headers: { redelivered: 'true' } });
    again.ack();
  });

  it('gets back what a consumer had when its connection dropped', async () => {
    const [consumer, other] = [await connect(), await connect()];
    const inbox = await subscribe(consumer, '/queue/dropped', { ack: 'client' });
    consumer.publish({ destination: '/queue/dropped', body: 'x' });
    await inbox.next();
    await consumer.deactivate({ force: true });
    const others = await subscribe(other, '/queue/dropped', { ack: 'client' });
    expect((await others.next()).headers.redelivered).toBe('true');
  });

  it('commits a transaction', async () => {
    const client = await connect();
    const inbox = await subscribe(client, '/topic/committed');
    const transaction = client.begin();
    const headers = { transaction: transaction.id };
    client.publish({ destination: '/topic/committed', body: 'in', headers });
    client.publish({ destination: '/topic/committed', body: 'out' });
    expect((await inbox.next()).body).toBe('out');
    transaction.commit();
    expect((await inbox.next()).body).toBe('in');
  });

  it('aborts a transaction', async () => {
    const client = await connect();
    const inbox = await subscribe(client, '/topic/aborted');
    const transaction = client.begin();
    const headers = { transaction: transaction.id };
    client.publish({ destination: '/topic/aborted', body: 'in', headers });
    transaction.abort();
    client.publish({ destination: '/topic/aborted', body: 'behind' });
    expect((await inbox.next()).body).toBe('behind');
    expect(inbox.isEmpty).toBe(true);
  });

  it.each([
    ['a few octets', Uint8Array.of(0, 255, 254, 128, 13, 10, 0, 7)],
    ['1 MiB of octets', Uint8Array.from({ length: MIB }, (_, i) => i % 256)],
  ])('sends and receives binary bodies: %s', async (_, binaryBody) => {
    const client = await connect();
    const inbox = await subscribe(client, '/topic/binary');
    client.publish({
      destination: '/topic/binary',
      binaryBody,
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(Buffer.compare((await inbox.next()).binaryBody, binaryBody)).toBe(0);
  });

  it('sends and receives 1 MiB of text', async () => {
    const client = await connect();
    const inbox = await subscribe(client, '/topic/large');
    const body = 'żółw '.repeat(MIB / 8);
    client.publish({ destination: '/topic/large', body });
    expect((await inbox.next()).body).toBe(body);
  });
});
