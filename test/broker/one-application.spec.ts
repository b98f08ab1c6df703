import {
  simpleBroker,
  SimpMessagingTemplate,
  stompBrokerRelay,
  StompModule,
  type BrokerAddress,
  SimpleBroker,
  type StompBrokerRelay,
} from 'nestjs-stomp';
import { startNest, type RunningNest } from '../support/nest-application.js';
import { until } from '../support/until.js';
import { ScriptedBroker } from './relay/scripted-broker.js';

let remote: ScriptedBroker;
const running: RunningNest[] = [];

beforeEach(async () => {
  remote = await ScriptedBroker.start();
});

afterEach(async () => {
  for (const nest of running.splice(0)) await nest.app.close();
  await remote.stop();
});

type Broker = SimpleBroker | StompBrokerRelay;

async function start(broker: Broker): Promise<RunningNest> {
  const nest = await startNest({ imports: [StompModule.forRoot({ brokers: [broker] })] });
  running.push(nest);
  return nest;
}

const relay = (hosts?: () => Promise<BrokerAddress>): StompBrokerRelay =>
  stompBrokerRelay({ port: remote.port, hosts, reconnectDelayMs: 10, maxBufferedMessages: 5 });

describe.each<[string, () => Broker]>([
  ['simpleBroker', () => simpleBroker()],
  ['stompBrokerRelay', () => relay()],
])('a broker of %s', (maker, make) => {
  let broker: Broker;
  let heard: string[];

  beforeEach(() => {
    broker = make();
    heard = [];
  });

  const listen = (): void =>
    void broker.subscribeSystem('/topic/a', ({ payload }) => heard.push(String(payload)));
  const send = ({ app }: RunningNest, text: string): void =>
    app.get(SimpMessagingTemplate).convertAndSend('/topic/a', text);

  it('does not start for a second application while the first runs, which goes on', async () => {
    listen();
    const first = await start(broker);
    await until(() => broker.available);
    await expect(start(broker)).rejects.toMatchObject({
      code: 'STOMP_ERR_BROKER_IN_USE',
      message: expect.stringContaining(`Call ${maker}() once for each`),
    });
    send(first, 'still here');
    await until(() => heard.length > 0);
    expect(heard).toEqual(['still here']);
  });

  it('serves applications one after the other, each from a clean slate', async () => {
    let statistics: unknown;
    for (const text of ['1', '2', '3']) {
      const nest = await start(broker);
      await until(() => broker.available);
      listen();
      await until(() => broker instanceof SimpleBroker || remote.subscribed.length === 1);
      send(nest, text);
      await until(() => heard.includes(text));
      await nest.app.close();
      statistics ??= { ...broker.statistics };
      expect({ ...broker.statistics }).toEqual(statistics);
    }
    expect(heard).toEqual(['1', '2', '3']);
  });
});

describe('a relay that was stopped', () => {
  it('keeps no message for the next application, and lets nobody wait', async () => {
    const broker = relay();
    const { app } = await start(broker);
    await until(() => broker.available);
    await app.close();
    const template = app.get(SimpMessagingTemplate);
    expect(() => template.convertAndSend('/topic/a', 'late')).toThrow(/has stopped/);
    expect(broker.bufferedMessages).toBe(0);
  });

  it('makes no connection that was under way', async () => {
    const address = { host: '127.0.0.1', port: remote.port };
    let answer = (): void => undefined;
    const answered = new Promise<BrokerAddress>((resolve) => (answer = () => resolve(address)));
    const broker = relay(() => answered);
    const { app } = await start(broker);
    await app.close();
    await start(broker);
    answer();
    await until(() => broker.available);
    const { accepted } = remote;
    remote.cut();
    await until(() => remote.accepted > accepted && broker.available);
    expect([accepted, remote.accepted]).toEqual([1, 2]);
  });
});
