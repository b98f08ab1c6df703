import { Controller } from '@nestjs/common';
import {
  MessageMapping,
  SendToUser,
  StompModule,
  SubscribeMapping,
  type Message,
} from 'nestjs-stomp';
import { StompTestClient } from 'nestjs-stomp/testing';
import { startNest } from '../../support/nest-application.js';

@Controller()
class Replies {
  @MessageMapping('/mine')
  @SendToUser('/queue/mine', { broadcast: false })
  mine(body: object): object {
    return body;
  }

  @SubscribeMapping('/first')
  first(): string {
    return 'first';
  }
}

it.each(['clientInboundChannel', 'clientOutboundChannel', 'brokerChannel'] as const)(
  'handlers answer with the option %s',
  async (channel) => {
    const { app } = await startNest({
      imports: [
        StompModule.forRoot({
          endpoints: ['/stomp'],
          applicationDestinationPrefixes: ['/app'],
          [channel]: { interceptors: [{ preSend: (message: Message) => message }] },
        }),
      ],
      controllers: [Replies],
    });
    const client = await StompTestClient.connect(app);
    const first = await client.subscribe('/app/first');
    expect((await first.next()).text).toBe('first');
    const mine = await client.subscribe('/user/queue/mine');
    client.send('/app/mine', { n: 1 });
    expect((await mine.next()).text).toBe('{"n":1}');
    await app.close();
  },
);
