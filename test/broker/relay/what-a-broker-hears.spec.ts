import {
  SimpMessagingTemplate,
  stompBrokerRelay,
  StompModule,
  type StompBrokerRelayOptions,
} from 'nestjs-stomp';
import { startNest, type RunningNest } from '../../support/nest-application.js';
import { StompClient } from '../../support/stomp-client.js';
import { until } from '../../support/until.js';
import { HeardBroker } from './heard-broker.js';

describe('what a broker hears', () => {
  let broker: HeardBroker;
  let nest: RunningNest;

  async function start(
    version: string,
    options: StompBrokerRelayOptions & { server?: string } = {},
  ): Promise<void> {
    const { server = 'Other/1', ...ofRelay } = options;
    broker = await HeardBroker.start(`version:${version}\nserver:${server}`);
    const relay = stompBrokerRelay({ port: broker.port, ...ofRelay });
    const stomp = StompModule.forRoot({
      endpoints: ['/stomp'],
      brokers: [relay],
      maxDestinationLength: 16_384,
      userDestinationBroadcast: '/topic/nodes',
    });
    nest = await startNest({ imports: [stomp] });
    await until(() => relay.available);
  }

  const connect = (version: string): Promise<StompClient> =>
    StompClient.connect(`${nest.wsUrl}/stomp`, { 'accept-version': version });
  const send = (headers: Record<string, string>): void =>
    nest.app.get(SimpMessagingTemplate).convertAndSend('/topic/app', 'x', { headers });

  afterEach(async () => {
    await nest.app.close();
    await broker.stop();
  });

  it.each([
    ['a destination', 'SUBSCRIBE\nid:1\ndestination:/topic/sta\rff\n\n\0'],
    ['a name', 'SEND\ndesti\rnation:/queue/orders\ndestination:/topic/open\n\n\0'],
    ['a header', 'SEND\ndestination:/topic/open\nstomp-\rnode:1\n\n\0'],
  ])('is nothing of a frame of 1.1 with a carriage return in %s', async (_where, octets) => {
    await start('1.1');
    const client = await connect('1.1');
    client.raw(octets);
    expect((await client.refused()).close.code).toBe(1002);
    expect(broker.heard).not.toMatch(/id:1|SEND/);
  });

  it.each([
    ['a destination', 'SUBSCRIBE\nid:1\ndestination:/topic/staff\\n\n\n\0'],
    ['a value', 'SEND\ndestination:/topic/open\nreply-to:/queue/a\\c\n\n\0'],
    ['a name', 'SEND\ndestination:/topic/open\nstomp-node\\n:1\n\n\0'],
  ])('is nothing of a frame of 1.0 with a backslash in %s', async (_where, octets) => {
    await start('1.0');
    const client = await connect('1.0');
    client.raw(octets);
    const { text, close } = await client.refused();
    expect(close.code).toBe(1002);
    expect(text).toContain('in STOMP 1.0 it may have no NUL, line end or backslash');
    expect(broker.heard).not.toMatch(/id:1|SEND/);
  });

  it('is answered without heart-beats when what the broker says of them is no number', async () => {
    await start('1.2', { server: 'Other/1\nheart-beat:soon,often' });
    const client = await StompClient.open(`${nest.wsUrl}/stomp`);
    const { headers } = await client.connect({ 'heart-beat': '1000,1000' });
    expect(headers['heart-beat']).toBe('0,0');
  });

  it('is what a client of 1.0 says where connections are shared, escaped', async () => {
    await start('1.2', { connections: 'shared' });
    const client = await connect('1.0');
    client.raw('SEND\ndestination:/topic/open\nkey:a\\cb\n\n\0');
    await until(() => broker.heard.includes('key:a\\\\cb\n'));
  });

  it('is nothing of the application that the version of its connection cannot say', async () => {
    await start('1.1');
    for (const [name, value] of [
      ['key', 'a\rb'],
      ['k\0', 'a'],
    ] as const)
      expect(() => send({ [name]: value })).toThrow(
        expect.objectContaining({ code: 'STOMP_ERR_HEADER_UNWRITABLE' }),
      );
    send({ key: 'a\nb:' });
    await until(() => broker.heard.includes('key:a\\nb\\c\n'));
    expect(broker.heard.match(/SEND\n/g)).toHaveLength(1);
  });

  const long = 'x'.repeat(12_000);

  it.each<[string, Record<string, string>]>([
    ['a line', { key: long }],
    ['a line, when it is escaped,', { key: ':'.repeat(6_000) }],
    ['a line of octets', { key: 'é'.repeat(6_000) }],
    ['a name', { [long]: '1' }],
    ['a list', Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`key-${n}`, '1']))],
  ])(
    'is nothing of the application with %s that ActiveMQ does not take',
    async (_what, headers) => {
      await start('1.2');
      expect(() => send(headers)).toThrow(
        expect.objectContaining({ code: 'STOMP_ERR_BROKER_REFUSED' }),
      );
      send({ key: 'x'.repeat(10_200) });
      await until(() => broker.heard.includes(`key:${'x'.repeat(10_200)}\n`));
      expect(broker.heard.match(/SEND\n/g)).toHaveLength(1);
    },
  );

  it('may be longer for RabbitMQ', async () => {
    await start('1.2', { server: 'RabbitMQ/4' });
    send({ key: long });
    await until(() => broker.heard.includes(`key:${long}\n`));
  });

  it.each([
    ['a destination', `SEND\ndestination:/user/nobody/queue/${long}\n\n\0`],
    ['a header', `SEND\ndestination:/user/nobody/queue/a\nkey:${long}\n\n\0`],
  ])('is not told to other nodes with %s of such a length', async (_what, octets) => {
    await start('1.2');
    const client = await connect('1.2');
    client.raw(octets);
    expect((await client.refused()).text).toContain('put data into the body');
    expect(broker.heard).not.toContain('SEND');
  });

  it('comes from the client alone that sends such a length, where connections are shared', async () => {
    await start('1.2', { connections: 'shared' });
    const { connections } = broker;
    const client = await connect('1.2');
    client.raw(`SEND\ndestination:/topic/open\nkey:1\n\n\0`);
    await until(() => broker.heard.includes('key:1\n'));
    expect(broker.connections).toBe(connections);
    client.raw(`SEND\ndestination:/topic/open\nkey:${long}\n\n\0`);
    await until(() => broker.heard.includes(`key:${long}\n`));
    expect(broker.connections).toBe(connections + 1);
  });

  it('costs nobody a connection when it says a carriage return in 1.1', async () => {
    await start('1.1');
    const client = await connect('1.1');
    await client.subscribe('/topic/open', 's');
    const destination = 'subscription:s\ndestination:/topic/open\nmessage-id:1';
    broker.say(`MESSAGE\n${destination}\nk:a\rb\nsub\rscription:t\nj:c\n\nx\0`);
    const { headers } = await client.message();
    expect(headers).toMatchObject({ subscription: 's', destination: '/topic/open', j: 'c' });
    expect(Object.keys(headers)).not.toContain('k');
    await client.expectNoFrame();
  });
});
