import { Controller, Inject, Injectable } from '@nestjs/common';
import {
  MessageMapping,
  RegistryUserDestinationResolver,
  SendToUser,
  simpleBroker,
  SimpMessagingTemplate,
  SimpUserRegistry,
  StompModule,
  type StompModuleOptions,
} from 'nestjs-stomp';
import { StompTestClient } from 'nestjs-stomp/testing';
import { startNest, type RunningNest } from '../support/nest-application.js';

@Injectable()
class NamesOfOurs extends RegistryUserDestinationResolver {
  constructor(@Inject(SimpUserRegistry) registry: SimpUserRegistry) {
    super(registry);
  }

  protected override targetDestination(destination: string, sessionId: string): string {
    return `${destination}.of.${sessionId}`;
  }
}

@Injectable()
class PeopleOfOurs extends RegistryUserDestinationResolver {
  constructor(@Inject(SimpUserRegistry) registry: SimpUserRegistry) {
    super(registry, { userDestinationPrefix: '/people' });
  }
}

@Controller()
class Mine {
  @MessageMapping('/me')
  @SendToUser('/queue/x')
  me(): string {
    return 'by handler';
  }
}

describe('a resolver of the application that extends ours', () => {
  let nest: RunningNest;
  let client: StompTestClient;

  async function start(options: StompModuleOptions): Promise<void> {
    const stomp = StompModule.forRoot({
      endpoints: ['/stomp'],
      applicationDestinationPrefixes: ['/app'],
      brokers: [simpleBroker({ destinations: ['/queue'] })],
      userDestinationResolver: NamesOfOurs,
      authenticate: () => ({ name: 'ann' }),
      ...options,
    });
    nest = await startNest({ imports: [stomp], controllers: [Mine] });
    client = await StompTestClient.connect(nest.app);
  }
  afterEach(() => nest.app.close());

  it.each([
    ['its prefix', '/user', {}],
    ['another prefix', '/me', { userDestinationPrefix: '/me' }],
    [
      'a broker whose destinations have no slash',
      '/user',
      { brokers: [simpleBroker({ destinations: ['queue'] })] },
    ],
  ])('knows of its module %s', async (_what, prefix, options) => {
    await start(options);
    const subscription = await client.subscribe(`${prefix}/queue/x`);
    nest.app.get(SimpMessagingTemplate).convertAndSendToUser('ann', '/queue/x', 'by template');
    client.send('/app/me', 'x');
    for (const text of ['by template', 'by handler'])
      expect(await subscription.next()).toMatchObject({
        text,
        headers: { destination: `${prefix}/queue/x` },
      });
  });

  it('keeps the prefix that its constructor was given', async () => {
    await start({ userDestinationResolver: PeopleOfOurs });
    const subscription = await client.subscribe('/people/queue/x');
    nest.app.get(SimpMessagingTemplate).convertAndSend('/people/ann/queue/x', 'hello');
    expect((await subscription.next()).text).toBe('hello');
  });
});
