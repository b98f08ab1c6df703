import { stompBrokerRelay, StompModule, type StompBrokerRelay } from 'nestjs-stomp';
import { startNest, type RunningNest } from '../../support/nest-application.js';
import { StompClient } from '../../support/stomp-client.js';
import { until } from '../../support/until.js';
import { HeardBroker } from './heard-broker.js';

const ADVISORY = '/topic/ActiveMQ.Advisory.Connection';

describe.each(['per-client', 'shared'] as const)('topics of ActiveMQ itself, %s', (connections) => {
  let broker: HeardBroker;
  let relay: StompBrokerRelay;
  let nest: RunningNest;

  async function start(server: string): Promise<StompClient> {
    broker = await HeardBroker.start(`version:1.2\nserver:${server}`);
    relay = stompBrokerRelay({ port: broker.port, connections });
    nest = await startNest({
      imports: [StompModule.forRoot({ endpoints: ['/stomp'], brokers: [relay] })],
    });
    await until(() => relay.available);
    return StompClient.connect(`${nest.wsUrl}/stomp`);
  }

  const say = (destination: string, subscription: string): void =>
    broker.say(
      `MESSAGE\ndestination:${destination}\nsubscription:${subscription}\nmessage-id:1\n\n${destination}\0`,
    );

  afterEach(async () => {
    await nest.app.close();
    await broker.stop();
  });

  it.each([
    ['SUBSCRIBE', ADVISORY],
    ['SUBSCRIBE', '/topic/ActiveMQ.Advisory.>'],
    ['SUBSCRIBE', '/topic/ActiveMQ.>'],
    ['SEND', ADVISORY],
    ['SEND', '/topic/ActiveMQ.Agent'],
  ])('are closed to clients: %s to %s', async (command, destination) => {
    const client = await start('ActiveMQ/5.17.2');
    client.frame(command, { id: '1', destination });
    const { headers, close } = await client.refused();
    expect([headers.message, close.code]).toEqual([
      expect.stringContaining('is not open to clients'),
      1008,
    ]);
    expect(broker.heard).not.toContain('ActiveMQ.');
  });

  it('do not come by wildcards', async () => {
    const client = await start('ActiveMQ/5.17.2');
    await client.subscribe('/topic/>', '0');
    say(ADVISORY, '0');
    say('/topic/plain', '0');
    expect((await client.message()).text).toBe('/topic/plain');
    client.socket.terminate();
  });

  it('are names like any other to RabbitMQ', async () => {
    const client = await start('RabbitMQ/4');
    await client.receipt('SEND', { destination: '/topic/ActiveMQ.Agent' }, 'x');
    expect(broker.heard).toContain('destination:/topic/ActiveMQ.Agent\n');
    client.socket.terminate();
  });

  it('are open to the application', async () => {
    (await start('ActiveMQ/5.17.2')).socket.terminate();
    const heard: string[] = [];
    relay.subscribeSystem(ADVISORY, ({ payload }) => heard.push(String(payload)));
    await until(() => broker.heard.includes(ADVISORY));
    const [, id] = /SUBSCRIBE\nid:(\d+)/.exec(broker.heard)!;
    say(ADVISORY, id!);
    await until(() => heard.length > 0);
  });
});
