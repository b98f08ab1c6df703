import {
  SimpMessagingTemplate,
  SimpUserRegistry,
  stompBrokerRelay,
  StompEvents,
  StompModule,
  type StompBrokerRelay,
} from 'nestjs-stomp';
import { startNest, type RunningNest } from '../../support/nest-application.js';
import { StompClient } from '../../support/stomp-client.js';
import { until } from '../../support/until.js';
import { ScriptedBroker } from './scripted-broker.js';

const MAX_FRAME_BYTES = 262_144;

interface Node extends RunningNest {
  readonly relay: StompBrokerRelay;
  readonly registry: SimpUserRegistry;
}

describe('two nodes, and a client with many long subscriptions', () => {
  let broker: ScriptedBroker;
  let here: Node;
  let there: Node;
  let losses = 0;

  async function startNode(): Promise<Node> {
    const relay = stompBrokerRelay({
      port: broker.port,
      connections: 'shared',
      reconnectDelayMs: 10,
      maxFrameBytes: MAX_FRAME_BYTES,
    });
    const nest = await startNest({
      imports: [
        StompModule.forRoot({
          endpoints: ['/stomp'],
          applicationDestinationPrefixes: ['/app'],
          brokers: [relay],
          userRegistryBroadcast: '/topic/users',
          authenticate: (frame) => ({ name: frame.getLogin() ?? 'nobody' }),
        }),
      ],
    });
    await until(() => relay.available);
    nest.app.get(StompEvents).on('brokerAvailability', ({ available }) => {
      if (!available) losses++;
    });
    return { ...nest, relay, registry: nest.app.get(SimpUserRegistry) };
  }

  beforeEach(async () => {
    broker = await ScriptedBroker.start();
    [here, there] = [await startNode(), await startNode()];
    losses = 0;
  });

  afterEach(async () => {
    await Promise.all([here.app.close(), there.app.close()]);
    await broker.stop();
  });

  it('keep their broker, and know of each other’s users', async () => {
    const eve = await StompClient.connect(`${here.wsUrl}/stomp`, { login: 'eve' });
    const destination = (n: number): string => `/topic/${n}`.padEnd(1000, 'x');
    for (let n = 0; n < 100; n++)
      eve.frame('SUBSCRIBE', { id: `${n}`.padEnd(10_000, 'x'), destination: destination(n) });
    await eve.subscribe('/topic/last', 'last');
    const known = (): string[] =>
      there.registry.findSubscriptions(() => true).map((one) => one.destination);
    await until(() => known().includes('/topic/last'));
    expect(known()).toHaveLength(101);
    await there.app.get(SimpMessagingTemplate).convertAndSendAsync('/topic/last', 'still here');
    expect((await eve.message()).text).toBe('still here');
    expect(losses).toBe(0);
    eve.socket.terminate();
  });
});
