import { Controller, Injectable } from '@nestjs/common';
import {
  MessageMapping,
  OnStompEvent,
  SendToUser,
  simpleBroker,
  SimpMessageType,
  StompModule,
  StompSessionScoped,
  type ChannelInterceptor,
  type Message,
  type MessageChannel,
  type OnSessionEnd,
  type SessionDisconnectEvent,
} from 'nestjs-stomp';
import { StompTestClient } from 'nestjs-stomp/testing';
import { startNest, type RunningNest } from '../../support/nest-application.js';

const seen: string[] = [];

@Injectable()
@StompSessionScoped()
class Counter implements OnSessionEnd {
  private calls = 0;

  next(): number {
    return ++this.calls;
  }

  onSessionEnd(): void {
    seen.push(`ended after ${this.calls}`);
  }
}

@Controller()
class CountController {
  constructor(private readonly counter: Counter) {}

  @MessageMapping('count')
  @SendToUser('/queue/count', { broadcast: false })
  async count(): Promise<number> {
    await new Promise(setImmediate);
    return this.counter.next();
  }

  @OnStompEvent('sessionDisconnect')
  left({ clean }: SessionDisconnectEvent): void {
    seen.push(`left ${clean ? 'clean' : 'lost'}, counted ${this.counter.next()}`);
  }
}

const isMetered = ({ headers }: Message): boolean =>
  headers.messageType === SimpMessageType.MESSAGE && headers.destination === '/topic/metered';

/** Counts what a session sends and gets of one destination. */
@Injectable()
class Meter implements ChannelInterceptor {
  constructor(private readonly counter: Counter) {}

  async preSend(message: Message, { name }: MessageChannel): Promise<Message> {
    await new Promise(setImmediate);
    if (isMetered(message)) this.meter(name);
    return message;
  }

  afterSendCompletion(message: Message, { name }: MessageChannel): void {
    if (isMetered(message)) this.meter(`after ${name}`);
  }

  private meter(what: string): void {
    seen.push(`${what} ${this.counter.next()}`);
  }
}

let nest: RunningNest;

beforeEach(async () => {
  seen.length = 0;
  nest = await startNest({
    imports: [
      StompModule.forRoot({
        endpoints: ['/stomp'],
        applicationDestinationPrefixes: ['/app'],
        brokers: [simpleBroker({ destinations: ['/topic', '/queue'] })],
        clientInboundChannel: { interceptors: [Meter] },
        clientOutboundChannel: { interceptors: [Meter] },
      }),
    ],
    controllers: [CountController],
    providers: [Counter, Meter],
  });
});

afterEach(() => nest.app.close());

const count = async (client: StompTestClient): Promise<number> =>
  (await client.request('/app/count', '', { replyTo: '/user/queue/count' })).json();

it('counts for each session, to the end of the session', async () => {
  const [a, b] = [await StompTestClient.connect(nest.app), await StompTestClient.connect(nest.app)];
  expect([await count(a), await count(a), await count(b)]).toEqual([1, 2, 1]);
  await a.disconnect();
  expect(await count(b)).toBe(2);
  expect(seen).toEqual(['left clean, counted 3', 'ended after 3']);
});

it('is that of the sender in interceptors of what comes in, that of the receiver in those of what goes out', async () => {
  const [a, b] = [await StompTestClient.connect(nest.app), await StompTestClient.connect(nest.app)];
  expect([await count(a), await count(b), await count(b)]).toEqual([1, 1, 2]);
  const metered = await b.subscribe('/topic/metered');
  seen.length = 0;
  await a.sendAndWait('/topic/metered', 'x');
  await metered.next();
  await b.settle();
  expect(seen.toSorted()).toEqual([
    'after clientInboundChannel 3',
    'after clientOutboundChannel 4',
    'clientInboundChannel 2',
    'clientOutboundChannel 3',
  ]);
});
