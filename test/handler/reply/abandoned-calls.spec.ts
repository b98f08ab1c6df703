import { Controller, type INestApplication } from '@nestjs/common';
import {
  MessageMapping,
  StompModule,
  StompServer,
  StompStats,
  SubscribeMapping,
} from 'nestjs-stomp';
import { StompTestClient } from 'nestjs-stomp/testing';
import { collectGarbage } from '../../support/footprint.js';
import { startNest } from '../../support/nest-application.js';
import { until } from '../../support/until.js';

@Controller()
class Forgetful {
  @MessageMapping('never') never(): Promise<string> {
    return new Promise(() => undefined);
  }

  @SubscribeMapping('never') neverSubscribed(): Promise<string> {
    return new Promise(() => undefined);
  }
}

describe('a handler that never settles', () => {
  let app: INestApplication;
  beforeEach(async () => {
    const stomp = StompModule.forRoot({
      endpoints: ['/stomp'],
      applicationDestinationPrefixes: '/app',
    });
    ({ app } = await startNest({ imports: [stomp], controllers: [Forgetful] }));
  });
  afterEach(() => app.close());

  /** Of a client that called both handlers and went. */
  async function endedSession(how: 'says DISCONNECT' | 'vanishes'): Promise<WeakRef<object>> {
    const client = await StompTestClient.connect(app);
    client.send('/app/never');
    client.frame('SUBSCRIBE', { id: 'a', destination: '/app/never' });
    await until(() => running() === 2);
    const session = new WeakRef([...app.get(StompServer).sessions.values()][0]!);
    if (how === 'vanishes') await client.vanish();
    else client.frame('DISCONNECT');
    await until(() => app.get(StompServer).sessions.size === 0);
    return session;
  }

  const running = (): number => app.get(StompStats).snapshot().handlers.running;

  it.each(['says DISCONNECT', 'vanishes'] as const)(
    'keeps nothing of a session whose client %s',
    async (how) => {
      const session = await endedSession(how);
      await until(() => {
        collectGarbage();
        return session.deref() === undefined;
      }, 'nobody holds the session');
    },
  );

  it('counts as running though its session has ended', async () => {
    await endedSession('vanishes');
    const { sessions, messages, handlers } = app.get(StompStats).snapshot();
    expect(sessions.current).toBe(0);
    expect(messages.inFlight).toBe(2);
    expect(handlers.running).toBe(2);
  });
});
