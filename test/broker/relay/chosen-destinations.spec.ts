import { Injectable } from '@nestjs/common';
import {
  MessageMapping,
  SendTo,
  SendToUser,
  SimpMessagingTemplate,
  stompBrokerRelay,
  StompModule,
} from 'nestjs-stomp';
import { startNest, type RunningNest } from '../../support/nest-application.js';
import { StompClient } from '../../support/stomp-client.js';
import { until } from '../../support/until.js';
import { HeardBroker } from './heard-broker.js';

@Injectable()
class Rooms {
  @MessageMapping('room.{room}')
  @SendTo('/topic/room.{room}')
  room(): string {
    return 'x';
  }

  @MessageMapping('mine.{room}')
  @SendToUser('/queue/mine.{room}')
  mine(): string {
    return 'x';
  }

  @MessageMapping('own.{room}')
  own(): string {
    return 'x';
  }

  @MessageMapping('both.{room}')
  @SendTo('/queue/log,/topic/both.{room}')
  both(): string {
    return 'x';
  }
}

const ACTIVEMQ = 'ActiveMQ/5.17.2';

describe('a destination that a client has a part in', () => {
  let broker: HeardBroker;
  let nest: RunningNest;

  async function start(server = ACTIVEMQ): Promise<void> {
    broker = await HeardBroker.start(`version:1.2\nserver:${server}`);
    const relay = stompBrokerRelay({ port: broker.port, userDestinationHeaders: false });
    const stomp = StompModule.forRoot({
      endpoints: ['/stomp'],
      applicationDestinationPrefixes: ['/app'],
      pathSeparator: '.',
      brokers: [relay],
      userDestinationBroadcast: '/topic/nodes',
      authenticate: (frame) => ({ name: frame.getLogin() ?? '' }),
    });
    nest = await startNest({ imports: [stomp], providers: [Rooms] });
    await until(() => relay.available);
  }

  const connect = (login: string): Promise<StompClient> =>
    StompClient.connect(`${nest.wsUrl}/stomp`, { login });
  const heard = (destination: string): Promise<void> =>
    until(() => broker.heard.includes(`destination:${destination}`));

  afterEach(async () => {
    await nest.app.close();
    await broker.stop();
  });

  it.each([
    ['@SendTo', '/app/room.x,/queue/vault'],
    ['@SendTo', '/app/room.x?a=b'],
    ['@SendTo', '/app/room.*'],
    ['@SendTo', '/app/room.x '],
    ['@SendToUser', '/app/mine.x,/queue/vault'],
    ['the default', '/app/own.x,/queue/vault'],
    ['@SendTo', '/app/both.x,/queue/vault'],
  ])('does not become several or another, by %s: %s', async (_how, destination) => {
    await start();
    const client = await connect('bob');
    client.frame('SEND', { destination, receipt: '1' }, 'x');
    expect((await client.refused()).text).toContain('is not open to clients');
    expect(broker.heard).not.toContain('SEND\n');
  });

  it.each([
    ['/app/room.x y', '/topic/room.x y'],
    ['/app/own.a*b>', '/topic/own.a*b>'],
    ['/app/both.x', '/queue/log,/topic/both.x'],
  ])('is what it is without such: %s', async (destination, reached) => {
    await start();
    const client = await connect('bob');
    client.send(destination, 'x');
    await heard(`${reached}\n`);
  });

  it('is a name like any other to RabbitMQ', async () => {
    await start('RabbitMQ/4');
    const client = await connect('bob');
    client.send('/app/room.x,y?', 'x');
    await heard('/topic/room.x,y?\n');
  });

  it('is no matter of what the application names', async () => {
    await start();
    nest.app.get(SimpMessagingTemplate).convertAndSend('/topic/a,/queue/b?c=d', 'x');
    await heard('/topic/a,/queue/b?c=d\n');
  });

  it('does not become several on the node where a user is', async () => {
    await start();
    const bob = await connect('bob');
    const told: string[] = [];
    for (const destination of ['/user/ann/queue/x,/queue/vault', '/user/ann/queue/x']) {
      broker.heard = '';
      await bob.receipt('SEND', { destination }, 'x');
      await until(() => broker.heard.includes(`${destination}\n`) && broker.heard.endsWith('\0'));
      told.push(broker.heard.replace(/^stomp-node:.*$/m, 'stomp-node:other'));
    }
    await connect('ann');
    broker.heard = '';
    for (const frame of told)
      broker.say(frame.replace(/^.*SEND\n/s, 'MESSAGE\nsubscription:0\nmessage-id:1\n'));
    await heard('/queue/x-user');
    expect(broker.heard).not.toContain('vault');
  });
});
