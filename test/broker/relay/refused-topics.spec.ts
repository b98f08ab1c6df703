import {
  stompBrokerRelay,
  StompEvents,
  StompModule,
  type BrokerAvailabilityEvent,
  type StompBrokerRelay,
} from 'nestjs-stomp';
import { startNest, type RunningNest } from '../../support/nest-application.js';
import { StompClient } from '../../support/stomp-client.js';
import { until } from '../../support/until.js';
import { ScriptedBroker } from './scripted-broker.js';

describe('a shared topic that the broker refuses', () => {
  let broker: ScriptedBroker;
  let relay: StompBrokerRelay;
  let nest: RunningNest;
  let events: BrokerAvailabilityEvent[];
  const clients: StompClient[] = [];

  beforeEach(async () => {
    broker = await ScriptedBroker.start();
    relay = stompBrokerRelay({ port: broker.port, connections: 'shared', reconnectDelayMs: 10 });
    const stomp = StompModule.forRoot({ endpoints: ['/stomp'], brokers: [relay] });
    nest = await startNest({ imports: [stomp] });
    events = [];
    nest.app.get(StompEvents).on('brokerAvailability', (event) => events.push(event));
    await until(() => relay.available);
    events = [];
  });

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.vanish()));
    await nest.app.close();
    await broker.stop();
  });

  async function connect(): Promise<StompClient> {
    const client = await StompClient.connect(`${nest.wsUrl}/stomp`);
    clients.push(client);
    return client;
  }

  /** Somebody subscribes and hears of the refusal. */
  async function refused(destination: string): Promise<void> {
    const client = await connect();
    client.frame('SUBSCRIBE', { id: '1', destination, receipt: 'r' });
    const { headers } = await client.refused();
    expect(headers.message).toBe('access_refused');
  }

  const losses = (): number => events.filter(({ available }) => !available).length;
  const recovered = (times: number): Promise<void> =>
    until(() => losses() === times && relay.available);

  it.each([true, false])(
    'costs all their connection once, then only who asks for it: the ERROR names it, %s',
    async (namesRefused) => {
      broker.namesRefused = namesRefused;
      broker.refused.add('/topic/closed');
      const good = await connect();
      await good.subscribe('/topic/open');
      await refused('/topic/closed');
      await recovered(1);
      for (let again = 0; again < 2; again++) await refused('/topic/closed');
      broker.publish('/topic/open', 'still here');
      expect((await good.message()).text).toBe('still here');
      expect([losses(), relay.sharedSubscriptions]).toEqual([1, 1]);
      await until(() => relay.clientConnections === 0);
    },
  );

  it('is found only when it was asked for alone, where the ERROR does not name it', async () => {
    broker.refused.add('/topic/closed');
    broker.ignored.add('/topic/slow');
    const slow = await connect();
    slow.frame('SUBSCRIBE', { id: '1', destination: '/topic/slow' });
    await until(() => broker.asked.includes('/topic/slow'));
    await refused('/topic/closed');
    await recovered(1);
    broker.ignored.clear();
    await refused('/topic/closed');
    await recovered(2);
    await refused('/topic/closed');
    await (await connect()).subscribe('/topic/slow');
    expect([losses(), relay.sharedSubscriptions, relay.clientConnections]).toEqual([2, 1, 0]);
  });

  it('from now on costs only its own subscribers their connection', async () => {
    const [good, bad] = [await connect(), await connect()];
    for (const name of ['a', 'b']) await good.subscribe(`/topic/${name}`, name);
    await bad.subscribe('/topic/closed');
    broker.refused.add('/topic/closed');
    broker.cut();
    expect((await bad.refused()).headers.message).toBe('access_refused');
    await until(() => relay.available);
    expect(broker.subscribed).toEqual(['/topic/a', '/topic/b']);
    broker.publish('/topic/b', 'still here');
    expect((await good.message()).text).toBe('still here');
    await refused('/topic/closed');
    expect(losses()).toBe(1);
  });

  it('costs it once when somebody only sends to it, and then needs a connection of their own', async () => {
    broker.refused.add('/topic/closed');
    for (let times = 0; times < 3; times++) {
      const client = await connect();
      client.send('/topic/closed', 'x');
      await client.subscribe('/queue/own', '1', { ack: 'client' });
      await recovered(1);
    }
    expect(losses()).toBe(1);
  });
});
