import {
  SimpMessagingTemplate,
  stompBrokerRelay,
  StompModule,
  type StompBrokerRelay,
} from 'nestjs-stomp';
import { startNest, type RunningNest } from '../../support/nest-application.js';
import { StompClient } from '../../support/stomp-client.js';
import { until } from '../../support/until.js';
import { ScriptedBroker } from './scripted-broker.js';

describe('a relay with two addresses', () => {
  let first: ScriptedBroker;
  let second: ScriptedBroker;
  let relay: StompBrokerRelay;
  let nest: RunningNest;

  beforeEach(async () => {
    [first, second] = [await ScriptedBroker.start(), await ScriptedBroker.start()];
  });

  afterEach(async () => {
    await nest.app.close();
    await Promise.all([first.stop(), second.stop()]);
  });

  async function start(connections: 'per-client' | 'shared'): Promise<void> {
    const hosts = [first, second].map(({ port }) => ({ host: '127.0.0.1', port }));
    relay = stompBrokerRelay({ hosts, connections, reconnectDelayMs: 10 });
    nest = await startNest({
      imports: [StompModule.forRoot({ endpoints: ['/stomp'], brokers: [relay] })],
    });
    await until(() => relay.available);
  }

  const connect = (): Promise<StompClient> => StompClient.connect(`${nest.wsUrl}/stomp`);

  it.each([0, 1, 2])(
    'goes back to where a connection was lost, with %i others still there',
    async (others) => {
      await start('shared');
      first.cut(3 - others);
      await until(() => first.accepted === 6 - others && relay.available);
      expect([first.open, second.accepted]).toEqual([3, 0]);
    },
  );

  it('is with all connections where one of them had to go', async () => {
    await start('shared');
    const client = await connect();
    await client.subscribe('/topic/news');
    first.takesNew = false;
    first.cut(1);
    await until(() => second.open === 3 && relay.available);
    expect(first.open).toBe(0);
    await nest.app.get(SimpMessagingTemplate).convertAndSendAsync('/topic/news', 'here');
    expect((await client.message()).text).toBe('here');
    client.socket.terminate();
  });

  it('comes back together when the other address does not work either', async () => {
    await start('shared');
    first.takesNew = second.takesNew = false;
    first.cut(2);
    await until(() => second.accepted > 0);
    first.takesNew = true;
    await until(() => relay.available);
    expect([first.open, second.open]).toEqual([3, 0]);
  });

  it('tells clients with a connection of their own that they have to come again', async () => {
    await start('per-client');
    const client = await connect();
    await client.subscribe('/topic/news');
    first.takesNew = false;
    first.cut(1);
    expect((await client.refused()).headers.message).toContain('connect again');
    await until(() => relay.available);
    const again = await connect();
    await again.subscribe('/topic/news');
    await nest.app.get(SimpMessagingTemplate).convertAndSendAsync('/topic/news', 'here');
    expect((await again.message()).text).toBe('here');
    expect([first.open, second.open]).toEqual([0, 2]);
    again.socket.terminate();
  });
});
