import { once } from 'node:events';
import { Controller, type INestApplication } from '@nestjs/common';
import {
  DestinationVariable,
  MessageMapping,
  SendTo,
  SendToUser,
  simpleBroker,
  SimpMessagingTemplate,
  SimpUserRegistry,
  StompModule,
} from 'nestjs-stomp';
import { StompTestClient, type TestSubscription } from 'nestjs-stomp/testing';
import { startNest } from '../support/nest-application.js';
import { until } from '../support/until.js';

/** Lets the handlers that wait go on. */
let goOn: AbortController;

@Controller()
class Codes {
  @MessageMapping('/code')
  @SendToUser('/queue/codes', { broadcast: false })
  async code(): Promise<string> {
    await once(goOn.signal, 'abort');
    return 'for this device';
  }

  @MessageMapping('/fail')
  async fail(): Promise<void> {
    await once(goOn.signal, 'abort');
    throw new Error('of this device');
  }

  @MessageMapping('/tell/{name}')
  @SendTo('/user/{name}/queue/codes')
  async tell(@DestinationVariable('name') name: string): Promise<string> {
    await once(goOn.signal, 'abort');
    return `for all of ${name}`;
  }
}

describe('what is meant for one session of a user', () => {
  let app: INestApplication;
  let registry: SimpUserRegistry;

  beforeEach(async () => {
    goOn = new AbortController();
    ({ app } = await startNest({
      imports: [
        StompModule.forRoot({
          endpoints: ['/stomp'],
          applicationDestinationPrefixes: ['/app'],
          brokers: [simpleBroker({ destinations: ['/topic', '/queue'] })],
          authenticate: (connect) => ({ name: connect.getLogin()! }),
          onUnhandledError: 'errorQueue',
        }),
      ],
      controllers: [Codes],
    }));
    registry = app.get(SimpUserRegistry);
  });
  afterEach(() => app.close());

  const connect = (login: string): Promise<StompTestClient> =>
    StompTestClient.connect(app, { login });

  /** Has a session ask, and go before it is answered. */
  async function askAndGo(login: string, destination: string): Promise<string> {
    const client = await connect(login);
    const [id] = Array.from(registry.getUser(login)!.sessions, (one) => one.id).slice(-1);
    client.send(destination, 'x');
    await client.settle();
    await client.vanish();
    await until(() => registry.getSession(id!) === undefined);
    return id!;
  }

  async function subscribe(client: StompTestClient): Promise<TestSubscription[]> {
    return [
      await client.subscribe('/user/queue/codes'),
      await client.subscribe('/user/queue/errors'),
    ];
  }

  /** What the handlers that waited send has been sent. */
  async function answer(): Promise<void> {
    goOn.abort();
    await new Promise(setImmediate);
  }

  it.each(['/app/code', '/app/fail'])(
    'is for none of the others when that has gone: the reply to %s',
    async (destination) => {
      const subscriptions = await subscribe(await connect('ann'));
      await askAndGo('ann', destination);
      await answer();
      for (const one of subscriptions) await one.expectSilence();
    },
  );

  it('is for none of the others when the application sends it too late', async () => {
    const [codes] = await subscribe(await connect('ann'));
    const sessionId = await askAndGo('ann', '/app/code');
    app
      .get(SimpMessagingTemplate)
      .convertAndSendToUser('ann', '/queue/codes', 'secret', { sessionId });
    await codes!.expectSilence();
  });

  it('differs from what one user sends another by @SendTo, who gets it everywhere', async () => {
    const all = [await connect('bob'), await connect('bob')];
    const codes = [];
    for (const one of all) codes.push((await subscribe(one))[0]!);
    await askAndGo('ann', '/app/tell/bob');
    await answer();
    for (const one of codes) expect((await one.next()).text).toBe('for all of bob');
  });
});
