import { Injectable } from '@nestjs/common';
import {
  MessageMapping,
  SendToUser,
  simpleBroker,
  SimpMessagingTemplate,
  stompBrokerRelay,
  StompEvents,
  StompModule,
  SubscribeMapping,
  type BrokerAvailabilityEvent,
  type StompBrokerRelay,
  type StompBrokerRelayOptions,
} from 'nestjs-stomp';
import { RealBroker, type BrokerKind } from '../../brokers/real-broker.js';
import { startNest, type RunningNest } from '../../support/nest-application.js';
import { StompClient } from '../../support/stomp-client.js';
import { until } from './until.js';

@Injectable()
class Echo {
  @MessageMapping('echo')
  echo(text: string): string {
    return `echo ${text}`;
  }

  @MessageMapping('mine')
  @SendToUser('/queue/mine')
  mine(text: string): string {
    return `mine ${text}`;
  }

  @SubscribeMapping('init')
  init(): string {
    return 'init';
  }
}

/** What holds for every broker, in both ways to connect clients to it. */
export function relaySuite(kind: BrokerKind, connections: 'per-client' | 'shared'): void {
  describe(`a relay to ${kind.name}, ${connections}`, () => {
    let broker: RealBroker;
    let nest: RunningNest;
    let relay: StompBrokerRelay;
    let events: BrokerAvailabilityEvent[];
    const clients: StompClient[] = [];

    const connect = async (headers: Record<string, string> = {}): Promise<StompClient> => {
      const client = await StompClient.connect(`${nest.wsUrl}/stomp`, headers);
      clients.push(client);
      return client;
    };

    const available = (): Promise<void> => until(() => relay.available);

    beforeAll(async () => {
      broker = await RealBroker.start(kind);
    }, 60_000);

    afterAll(() => broker.stop(), 60_000);

    const start = async (options: StompBrokerRelayOptions = {}): Promise<void> => {
      relay = stompBrokerRelay({
        port: kind.port,
        destinations: ['/topic', '/queue'],
        connections,
        reconnectDelayMs: 100,
        ...options,
      });
      const local = simpleBroker({ name: 'local', destinations: ['/local'] });
      nest = await startNest({
        imports: [
          StompModule.forRoot({
            endpoints: ['/stomp'],
            applicationDestinationPrefixes: ['/app'],
            brokers: [relay, local],
          }),
        ],
        providers: [Echo],
      });
      events = [];
      nest.app.get(StompEvents).on('brokerAvailability', (event) => events.push(event));
      await available();
    };

    beforeEach(() => start(), 30_000);

    afterEach(async () => {
      for (const client of clients.splice(0)) client.socket.terminate();
      await nest.app.close();
    }, 30_000);

    it('brings what one client sends to a topic to all that subscribe to it', async () => {
      const [a, b] = [await connect(), await connect()];
      await a.subscribe('/topic/one');
      await b.subscribe('/topic/one', 'x');
      a.send('/topic/one', 'hello', { 'content-type': 'text/plain', 'x-own': 'kept' });
      const [toA, toB] = [await a.message(), await b.message()];
      expect([toA.text, toA.headers.subscription, toB.text, toB.headers.subscription]).toEqual([
        'hello',
        '1',
        'hello',
        'x',
      ]);
      expect(toB.headers).toMatchObject({
        destination: '/topic/one',
        'content-type': 'text/plain',
        'x-own': 'kept',
      });
      expect(toB.headers['message-id']).toBeTruthy();
    });

    it('delivers what follows a SUBSCRIBE in the same breath', async () => {
      const client = await connect();
      client.frame('SUBSCRIBE', { id: '1', destination: '/topic/breath' });
      client.send('/topic/breath', 'at once');
      expect((await client.message()).text).toBe('at once');
    });

    it('stops delivering after UNSUBSCRIBE', async () => {
      const client = await connect();
      await client.subscribe('/topic/stop');
      await client.receipt('UNSUBSCRIBE', { id: '1' });
      client.send('/topic/stop', 'nobody');
      await client.expectNoFrame();
    });

    it('answers handlers, users and @SubscribeMapping', async () => {
      const client = await connect();
      await client.subscribe('/topic/echo', 'echo');
      await client.subscribe('/user/queue/mine', 'mine');
      client.frame('SUBSCRIBE', { id: 'init', destination: '/app/init' });
      expect((await client.message()).text).toBe('init');
      client.send('/app/echo', 'a', { 'content-type': 'text/plain' });
      expect((await client.message()).text).toBe('echo a');
      client.send('/app/mine', 'b', { 'content-type': 'text/plain' });
      const mine = await client.message();
      expect([mine.text, mine.headers.destination, mine.headers.subscription]).toEqual([
        'mine b',
        '/user/queue/mine',
        'mine',
      ]);
    });

    it('sends what the application sends, and tells when the broker has it', async () => {
      const client = await connect();
      await client.subscribe('/topic/app');
      await nest.app.get(SimpMessagingTemplate).convertAndSendAsync('/topic/app', { a: 1 });
      const message = await client.message();
      expect([message.text, message.headers['content-type']]).toEqual([
        '{"a":1}',
        'application/json',
      ]);
    });

    it('acknowledges, refuses and redelivers on a queue as the broker does', async () => {
      const [a, b] = [await connect(), await connect()];
      await a.receipt('SEND', { destination: '/queue/acks' }, 'work');
      await a.subscribe('/queue/acks', '1', { ack: 'client-individual' });
      const first = await a.message();
      expect(first.headers.ack).toBeTruthy();
      await a.vanish();
      await b.subscribe('/queue/acks', '2', { ack: 'client-individual' });
      const again = await b.message();
      expect(again.text).toBe('work');
      await b.receipt('ACK', { id: again.headers.ack! });
    });

    it('holds back a transaction until COMMIT', async () => {
      const [sender, receiver] = [await connect(), await connect()];
      await receiver.subscribe('/topic/tx');
      await sender.receipt('BEGIN', { transaction: 't' });
      // RabbitMQ confirms a SEND of a transaction at its COMMIT only; the frame behind it is confirmed at once.
      sender.send('/topic/tx', 'later', { transaction: 't' });
      await sender.receipt('SEND', { destination: '/topic/nobody-listens' });
      await receiver.expectNoFrame();
      await sender.receipt('COMMIT', { transaction: 't' });
      expect((await receiver.message()).text).toBe('later');
    });

    it('carries octets and large bodies', async () => {
      const client = await connect();
      await client.subscribe('/topic/octets');
      const body = Buffer.from([0, 255, 254, 128, 13, 10, 0, 7]);
      client.raw(
        Buffer.concat([
          Buffer.from('SEND\ndestination:/topic/octets\ncontent-length:8\n\n'),
          body,
          Buffer.from([0]),
        ]),
        { binary: true },
      );
      expect([...(await client.message()).body]).toEqual([...body]);
      const large = 'x'.repeat(50_000);
      client.send('/topic/octets', large);
      expect((await client.message()).text).toBe(large);
    });

    it('leaves other destinations to the broker beside it', async () => {
      const client = await connect();
      await client.subscribe('/local/topic');
      client.send('/local/topic', 'here');
      expect((await client.message()).text).toBe('here');
    });

    it('confirms DISCONNECT and closes', async () => {
      const client = await connect();
      await client.receipt('DISCONNECT');
      expect((await client.closed()).code).toBe(1000);
      await until(() => relay.clientConnections === 0);
    });

    it('tells clients and the application that the broker is gone, and that it is back', async () => {
      const client = await connect();
      await client.subscribe('/topic/down');
      const template = nest.app.get(SimpMessagingTemplate);
      await broker.down('SIGKILL');
      await until(() => !relay.available);
      expect(() => template.convertAndSend('/topic/down', 'lost')).toThrow(/not active/);
      const late = await StompClient.open(`${nest.wsUrl}/stomp`);
      clients.push(late);
      expect((await late.connect()).headers.message).toBe('Broker not available.');
      if (connections === 'per-client') await client.refused();
      await broker.up();
      await available();
      expect(events.map(({ available: is, host }) => [is, host])).toEqual([
        [true, `127.0.0.1:${kind.port}`],
        [false, `127.0.0.1:${kind.port}`],
        [true, `127.0.0.1:${kind.port}`],
      ]);
      const reader = connections === 'per-client' ? await connect() : client;
      if (connections === 'per-client') await reader.subscribe('/topic/down');
      else await until(() => relay.sharedSubscriptions === 1);
      await retry(async () => {
        await template.convertAndSendAsync('/topic/down', 'back');
        await reader.until('the message', () => reader.pending.length > 0, 500);
      });
      expect((await reader.message()).text).toBe('back');
    }, 60_000);
  });
}

async function retry(attempt: () => Promise<void>): Promise<void> {
  for (let i = 0; i < 10; i++) {
    try {
      return await attempt();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  await attempt();
}
