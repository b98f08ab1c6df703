import { jest } from '@jest/globals';
import { Controller, Logger, Module, type INestApplication } from '@nestjs/common';
import { StompModule, SubscribeMapping } from 'nestjs-stomp';
import { StompTestClient } from 'nestjs-stomp/testing';
import { startNest } from './support/nest-application.js';

@Controller()
class Inside {
  @SubscribeMapping('/inside')
  answer(): string {
    return 'inside';
  }
}

@Controller()
class Outside {
  @SubscribeMapping('/outside')
  answer(): string {
    return 'outside';
  }
}

@Module({ controllers: [Inside] })
class FeatureModule {}

describe('StompModule', () => {
  let app: INestApplication;

  afterEach(() => app.close());

  it('gives an instance made by forRootAsync the handlers of the modules in include', async () => {
    const stomp = StompModule.forRootAsync({
      name: 'feature',
      include: [FeatureModule],
      useFactory: () => ({ endpoints: ['/stomp'], applicationDestinationPrefixes: '/app' }),
    });
    const running = await startNest({ imports: [stomp, FeatureModule], controllers: [Outside] });
    app = running.app;
    const client = await StompTestClient.connect(app);
    const outside = await client.subscribe('/app/outside');
    const inside = await client.subscribe('/app/inside');
    expect((await inside.next()).text).toBe('inside');
    await outside.expectSilence();
  });

  it('says where it listens', async () => {
    const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    const endpoints = ['/stomp', { path: ['/a', '/b'], sockJs: true }];
    ({ app } = await startNest({ imports: [StompModule.forRoot({ endpoints })] }));
    const mapped = log.mock.calls
      .map(([text]) => String(text))
      .filter((one) => one.startsWith('Mapped'));
    expect(mapped).toEqual([
      'Mapped {/stomp} to STOMP over WebSocket',
      'Mapped {/a} to STOMP over WebSocket and SockJS',
      'Mapped {/b} to STOMP over WebSocket and SockJS',
    ]);
    log.mockRestore();
  });

  it('tells the sessions on drain() that the server goes, and lets no more in', async () => {
    const running = await startNest({ imports: [StompModule.forRoot({ endpoints: ['/stomp'] })] });
    app = running.app;
    const client = await StompTestClient.connect(app);
    await app.get(StompModule).drain();
    expect(await client.closed()).toMatchObject({ code: 1001 });
    await expect(StompTestClient.open(app)).rejects.toThrow('503');
  });
});
