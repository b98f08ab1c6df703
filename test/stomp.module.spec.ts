import { jest } from '@jest/globals';
import { Controller, Injectable, Logger, Module, type INestApplication } from '@nestjs/common';
import {
  OnStompEvent,
  simpleBroker,
  StompInstance,
  StompModule,
  SubscribeMapping,
} from 'nestjs-stomp';
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

  it('tells once of classes and modules that belong to no instance it has', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    @Injectable()
    @StompInstance('admin', 'amdin')
    class Admin {
      @OnStompEvent('sessionConnected') hear(): void {}
    }
    const stomp = [
      StompModule.forRoot({ endpoints: ['/stomp'] }),
      StompModule.forRootAsync({ name: 'admin', useFactory: () => ({ endpoints: ['/admin'] }) }),
      StompModule.forRoot({ name: 'feature', endpoints: ['/feature'], include: [FeatureModule] }),
    ];
    ({ app } = await startNest({ imports: stomp, providers: [Admin] }));
    expect(warn.mock.calls.map(([text]) => String(text))).toEqual([
      "Admin: @StompInstance names 'amdin', and the application has no StompModule.forRoot({ name: 'amdin' })",
      'FeatureModule: the option include names this module, which the application does not import',
    ]);
    warn.mockRestore();
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

  it('takes a frame as large as messageSizeLimit over SockJS too, however it is quoted', async () => {
    const running = await startNest({
      imports: [
        StompModule.forRoot({
          endpoints: [{ path: '/stomp', sockJs: true }],
          messageSizeLimit: 200_000,
        }),
      ],
    });
    app = running.app;
    const session = `${running.httpUrl}/stomp/000/quotes`;
    const frames = [
      'CONNECT\naccept-version:1.2\nhost:x\n\n\0',
      `SEND\ndestination:/topic/a\nreceipt:r\n\n${'"'.repeat(190_000)}\0`,
    ];
    await fetch(`${session}/xhr`, { method: 'POST' });
    for (const frame of frames) {
      const body = JSON.stringify([frame]);
      expect((await fetch(`${session}/xhr_send`, { method: 'POST', body })).status).toBe(204);
      const answer = await fetch(`${session}/xhr`, { method: 'POST' });
      expect(await answer.text()).toMatch(frame === frames[0] ? /CONNECTED/ : /receipt-id:r/);
    }
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

describe('StompModule refuses to start', () => {
  const start = async (...options: object[]): Promise<void> => {
    const imports = options.map((one) => StompModule.forRoot({ endpoints: ['/stomp'], ...one }));
    const { app } = await startNest({ imports });
    await app.close();
  };

  it.each<[object, string]>([
    [{ maxConnections: NaN }, '"maxConnections" must be a whole number above 0'],
    [{ shutdown: { closeCode: 1006 } }, '"shutdown.closeCode" must be 1001 or 1012'],
    [{ flushDelayMs: NaN }, '"flushDelayMs" must be a whole number, or 0'],
    [{ messageRate: 5 }, '"messageRate" must be an object like { perSecond: 10, burst: 20 }'],
    [{ endpoints: '/stomp' }, `"endpoints" must be a list like ['/stomp'], not '/stomp'`],
    [{ endpoints: [undefined] }, '"endpoints" must be a list of paths and of objects like'],
    [{ brokers: simpleBroker() }, '"brokers" must be a list of brokers like [simpleBroker()]'],
    [{ brokers: [simpleBroker] }, 'like [simpleBroker()], not [ [Function: simpleBroker] ]'],
    [{ brokers: [null] }, 'like [simpleBroker()], not [ null ]'],
  ])('with %p', async (options, text) => {
    await expect(start(options)).rejects.toMatchObject({
      code: 'STOMP_ERR_OPTION',
      message: expect.stringContaining(text),
    });
  });

  it.each([{ endpoints: [{}] }, { endpoints: [{ path: [] }] }])(
    'with an endpoint without a path',
    async (options) => {
      await expect(start(options)).rejects.toMatchObject({ code: 'STOMP_ERR_ENDPOINT' });
    },
  );

  it('when two instances have an endpoint with the same path on one server', async () => {
    const second = { name: 'second', endpoints: [{ path: ['/other', 'stomp/'] }] };
    await expect(start({}, second)).rejects.toMatchObject({
      code: 'STOMP_ERR_ENDPOINT',
      message: expect.stringMatching(/^The instances '\w+' and '\w+' both .* the path "\/stomp"/),
    });
    await start({}, { name: 'second', endpoints: ['/stomp/second'] });
  });
});
