import { simpleBroker, SimpMessagingTemplate, StompModule, type MessageBroker } from 'nestjs-stomp';
import { StompTestClient } from 'nestjs-stomp/testing';
import { startNest, type RunningNest } from '../support/nest-application.js';

let nest: RunningNest;

async function start(...brokers: MessageBroker[]): Promise<StompTestClient> {
  const stomp = StompModule.forRoot({
    endpoints: ['/stomp'],
    brokers,
    pathSeparator: '.',
    authenticate: () => ({ name: 'ann' }),
  });
  nest = await startNest({ imports: [stomp] });
  return StompTestClient.connect(nest.app);
}

afterEach(() => nest.app.close());

it.each([
  ['queue.orders', simpleBroker({ destinations: ['queue.', 'topic.'] })],
  ['/queue/orders', simpleBroker({ destinations: ['/queue', '/topic'] })],
  ['/anything', simpleBroker()],
])('a user gets what is sent to %s of theirs', async (destination, broker) => {
  const client = await start(broker);
  const own = await client.subscribe(`/user/${destination.replace(/^\//, '')}`);
  nest.app.get(SimpMessagingTemplate).convertAndSendToUser('ann', destination, 'yours');
  const { text, headers } = await own.next();
  expect([text, headers.destination]).toEqual(['yours', `/user/${destination.replace(/^\//, '')}`]);
});
