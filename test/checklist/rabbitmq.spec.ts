import { firstFree, pause, RealBroker } from '../brokers/real-broker.js';
import { rabbitMq } from '../brokers/rabbitmq.js';
import { startCheckApplication, type RunningApplication } from '../support/application.js';
import { StompClient } from '../support/stomp-client.js';
import { checklist } from './checklist.js';
import { HEARTBEAT_MS, LOGIN, PASSCODE, Peer } from './peer.js';
import { RABBITMQ_BREAKS } from './rabbitmq-breaks.js';

/** Heart-beats of RabbitMQ are whole seconds. */
const RABBITMQ_HEARTBEAT_MS = 1000;
const CREDENTIALS = { login: LOGIN, passcode: PASSCODE };

const kind = await firstFree(rabbitMq(30), rabbitMq(19));

describe('STOMP checklist, check application before RabbitMQ', () => {
  const applications: RunningApplication[] = [];
  let broker: RealBroker;

  /** Starts the application, and waits until it has found the broker. */
  async function start(...options: string[]): Promise<string> {
    const application = await startCheckApplication('--relay-port', String(kind.port), ...options);
    applications.push(application);
    const wsUrl = `${application.url.replace('http', 'ws')}/stomp`;
    while (!(await isServing(wsUrl))) await pause(50);
    return wsUrl;
  }

  beforeAll(async () => {
    broker = await RealBroker.start(kind);
  }, 120_000);

  afterAll(async () => {
    await Promise.all(applications.map((one) => one.stop()));
    await broker.stop();
  }, 120_000);

  describe.each([
    { mode: 'per-client', heartbeatMs: RABBITMQ_HEARTBEAT_MS, broken: RABBITMQ_BREAKS },
    { mode: 'shared', heartbeatMs: HEARTBEAT_MS, broken: {} },
  ])('$mode', ({ mode, heartbeatMs, broken }) => {
    let peer: Peer;

    beforeAll(async () => {
      const relay = ['--relay-connections', mode];
      peer = new Peer(
        await start(...relay, '--heartbeat', String(heartbeatMs)),
        await start(...relay, '--auth', `${LOGIN}:${PASSCODE}`),
        heartbeatMs,
      );
    }, 120_000);

    checklist(() => peer, broken);
  });
});

async function isServing(wsUrl: string): Promise<boolean> {
  const client = await StompClient.open(wsUrl);
  const { command } = await client.connect(CREDENTIALS);
  await client.vanish();
  return command === 'CONNECTED';
}
