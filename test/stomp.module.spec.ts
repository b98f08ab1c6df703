import { once } from 'node:events';
import { jest } from '@jest/globals';
import {
  Controller,
  Injectable,
  Logger,
  Module,
  Scope,
  type INestApplication,
  type ModuleMetadata,
} from '@nestjs/common';
import {
  getStompTemplateToken,
  OnStompEvent,
  SimpMessagingTemplate,
  simpleBroker,
  StompInstance,
  StompModule,
  SubscribeMapping,
  type ChannelInterceptor,
  type Message,
  type MessageBroker,
} from 'nestjs-stomp';
import { Test } from '@nestjs/testing';
import { StompTestClient } from 'nestjs-stomp/testing';
import WebSocket from 'ws';
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

/** What a test opens, or waits for. */
class Gate {
  open!: () => void;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}

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

  it("gives the instance with the name 'default' what is given to no other", async () => {
    const stomp = StompModule.forRoot({
      name: 'default',
      endpoints: ['/stomp'],
      applicationDestinationPrefixes: '/app',
    });
    ({ app } = await startNest({ imports: [stomp], controllers: [Inside] }));
    const client = await StompTestClient.connect(app);
    expect((await (await client.subscribe('/app/inside')).next()).text).toBe('inside');
    expect(app.get(getStompTemplateToken('default'))).toBe(app.get(SimpMessagingTemplate));
  });

  it('can be injected of where a module is imported that exports it', async () => {
    @Injectable()
    class Sender {
      constructor(readonly template: SimpMessagingTemplate) {}
    }
    @Module({ imports: [StompModule.forRoot()], exports: [StompModule] })
    class MessagingModule {}
    @Module({ imports: [MessagingModule], providers: [Sender] })
    class SenderModule {}
    ({ app } = await startNest({ imports: [SenderModule, MessagingModule] }));
    expect(app.get(Sender).template).toBe(app.get(SimpMessagingTemplate));
  });

  it.each(['/user ', ' /user', '/user/'])('knows users below the prefix %j', async (prefix) => {
    const stomp = StompModule.forRoot({
      endpoints: ['/stomp'],
      userDestinationPrefix: prefix,
      authenticate: () => ({ name: 'ann' }),
    });
    ({ app } = await startNest({ imports: [stomp] }));
    const client = await StompTestClient.connect(app);
    const news = await client.subscribe('/user/queue/news');
    app.get(SimpMessagingTemplate).convertAndSendToUser('ann', '/queue/news', 'hello');
    expect((await news.next()).text).toBe('hello');
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

  it.each(['', '/000/large/websocket'])(
    'answers a frame larger than messageSizeLimit with an ERROR: /stomp%s',
    async (path) => {
      const running = await startNest({
        imports: [StompModule.forRoot({ endpoints: [{ path: '/stomp', sockJs: true }] })],
      });
      app = running.app;
      const socket = new WebSocket(`${running.wsUrl}/stomp${path}`);
      const heard: string[] = [];
      socket.on('message', (octets: Buffer) => heard.push(octets.toString()));
      await once(socket, 'open');
      const send = (frame: string) => socket.send(path ? JSON.stringify([frame]) : frame);
      send('CONNECT\naccept-version:1.2\nhost:x\n\n\0');
      send(`SEND\ndestination:/topic/a\nreceipt:r\n\n${'x'.repeat(70_000)}\0`);
      const [code] = (await once(socket, 'close')) as [number];
      expect(heard.join()).toMatch(/ERROR.*A frame may have at most 65536 bytes/s);
      expect(code).toBe(1002);
    },
  );

  it('stops everything else when a broker does not stop', async () => {
    const stuck: MessageBroker = {
      name: 'stuck',
      destinationPrefixes: ['/stuck'],
      available: true,
      start: () => undefined,
      stop: () => Promise.reject(new Error('stuck')),
      handleMessage: () => undefined,
    };
    const second = simpleBroker();
    const stomp = StompModule.forRoot({ brokers: [stuck, second] });
    ({ app } = await startNest({ imports: [stomp] }));
    // Nest 11 passes on what a hook throws, 12 logs it.
    await app.close().catch(() => undefined);
    expect(second.available).toBe(false);
    ({ app } = await startNest({}));
  });

  it('closes without a complaint of its own when the application could not start', async () => {
    class Failing {
      onModuleInit(): void {
        throw new Error('database is away');
      }
    }
    const stomp = StompModule.forRoot({ endpoints: ['/stomp'] });
    const module = await Test.createTestingModule({
      imports: [{ module: Failing }, stomp],
    }).compile();
    app = module.createNestApplication({ logger: false });
    await expect(app.init()).rejects.toThrow('database is away');
    await expect(app.get(StompModule).onApplicationShutdown()).resolves.toBeUndefined();
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

describe('StompModule of an application that is closed early', () => {
  const made = async (metadata: ModuleMetadata): Promise<INestApplication> => {
    const module = await Test.createTestingModule(metadata).compile();
    return module.createNestApplication({ logger: false });
  };

  it('has nothing to stop before the start', async () => {
    const app = await made({ imports: [StompModule.forRoot()] });
    await expect(app.get(StompModule).onApplicationShutdown()).resolves.toBeUndefined();
    await app.close();
  });

  it('starts nothing when it was closed before its turn came', async () => {
    const gate = new Gate();
    const broker = simpleBroker();
    // The modules that another one imports are initialized before it.
    @Module({ imports: [StompModule.forRoot({ endpoints: ['/stomp'], brokers: [broker] })] })
    class Application {}
    @Module({ providers: [{ provide: 'slow', useValue: { onModuleInit: () => gate.opened } }] })
    class Slow {}
    @Module({ imports: [Slow] })
    class Between {}
    @Module({ imports: [Between] })
    class Feature {}
    const app = await made({ imports: [Feature, Application] });
    const init = app.init();
    await app.close();
    gate.open();
    await init;
    expect(broker.available).toBe(false);
    expect(app.get(StompModule).instance.endpoints).toBeUndefined();
  });

  it('stops the broker that was starting meanwhile, and starts no other', async () => {
    const gate = new Gate();
    const start = new Gate();
    const calls: string[] = [];
    const slow: MessageBroker = {
      name: 'slow',
      destinationPrefixes: ['/slow'],
      available: true,
      start: async () => {
        start.open();
        await gate.opened;
        calls.push('started');
      },
      stop: () => void calls.push('stopped'),
      handleMessage: () => undefined,
    };
    const second = simpleBroker();
    const stomp = StompModule.forRoot({ endpoints: ['/stomp'], brokers: [slow, second] });
    const app = await made({ imports: [stomp] });
    const init = app.init();
    await start.opened;
    await app.close();
    gate.open();
    await init;
    expect(calls).toEqual(['started', 'stopped']);
    expect(second.available).toBe(false);
    expect(app.get(StompModule).instance.endpoints).toBeUndefined();
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
    [{ name: '' }, `"name" must be a text, not ''`],
    [{ pathSeparator: ':' }, `"pathSeparator" must be '/' or '.', not ':'`],
    [{ maxStreamsPerSession: NaN }, '"maxStreamsPerSession" must be a whole number above 0'],
    [{ applicationDestinationPrefixes: [undefined] }, `must be like '/app', not [ undefined ]`],
    [{ userDestinationPrefix: '' }, `"userDestinationPrefix" must be a text like '/user/'`],
    [{ authorisation: [] }, 'StompModule has no option "authorisation". It has name, isGlobal,'],
    [{ brokerChannel: { interceptor: [] } }, 'brokerChannel has no option "interceptor"'],
    [{ shutdown: { deadline: 5 } }, 'shutdown has no option "deadline"'],
    [{ endpoints: [{ path: '/a', origins: [] }] }, 'An endpoint has no option "origins"'],
    [{ endpoints: [{ path: '/a', sockJs: { heartbeat: 1 } }] }, 'sockJs has no option "heartbeat"'],
  ])('with %p', async (options, text) => {
    await expect(start(options)).rejects.toMatchObject({
      code: 'STOMP_ERR_OPTION',
      message: expect.stringContaining(text),
    });
  });

  it.each<[unknown, string]>([
    [undefined, '"useFactory" must be a function that returns the options of StompModule'],
    [{ name: 'late' }, '"name" comes too late from a factory: give it to StompModule.forRootAsync'],
    [{ isGlobal: true }, '"isGlobal" comes too late from a factory'],
  ])('when a factory returns %p', async (options, text) => {
    const imports = [StompModule.forRootAsync({ useFactory: () => options as object })];
    await expect(startNest({ imports })).rejects.toMatchObject({
      code: 'STOMP_ERR_OPTION',
      message: expect.stringContaining(text),
    });
  });

  it.each([Scope.DEFAULT, Scope.REQUEST])(
    'with an interceptor that is no provider',
    async (scope) => {
      @Injectable({ scope })
      class Audit implements ChannelInterceptor {
        readonly preSend = (message: Message): Message => message;
        constructor(readonly feature: FeatureModule) {}
      }
      await expect(
        start({ clientInboundChannel: { interceptors: [Audit] } }),
      ).rejects.toMatchObject({
        code: 'STOMP_ERR_OPTION',
        message: expect.stringMatching(/^Audit, which .* list it in the providers .* Nest says: /s),
      });
    },
  );

  it('with a request-scoped interceptor among the providers', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class OfRequest implements ChannelInterceptor {
      preSend(message: Message): Message {
        return message;
      }
    }
    const clientInboundChannel = { interceptors: [OfRequest] };
    const imports = [StompModule.forRoot({ clientInboundChannel })];
    await expect(startNest({ imports, providers: [OfRequest] })).rejects.toMatchObject({
      code: 'STOMP_ERR_OPTION',
      message: expect.stringMatching(/^OfRequest, which .* is request-scoped, .* default scope$/),
    });
  });

  it('with what the constructor of an interceptor threw', async () => {
    class Unready implements ChannelInterceptor {
      constructor() {
        throw new RangeError('config missing');
      }
      postSend(): void {}
    }
    await expect(start({ brokerChannel: { interceptors: [Unready] } })).rejects.toMatchObject({
      code: 'STOMP_ERR_OPTION',
      message:
        'Unready, which the options of StompModule name, could not be made: its constructor threw RangeError: config missing',
    });
  });

  it.each([true, false])(
    'without forRoot in a module that wants to inject, isGlobal: %p',
    async (isGlobal) => {
      @Injectable()
      class Sender {
        constructor(readonly template: SimpMessagingTemplate) {}
      }
      @Module({ imports: [StompModule], providers: [Sender] })
      class BareModule {}
      const imports = [BareModule, StompModule.forRoot({ isGlobal })];
      await expect(startNest({ imports })).rejects.toMatchObject({
        code: 'STOMP_ERR_OPTION',
        message: expect.stringMatching(
          /^StompModule was imported without forRoot: .* isGlobal: true.* exports StompModule$/,
        ),
      });
    },
  );

  it('with a broker of another application, which keeps it', async () => {
    const broker = simpleBroker();
    const imports = [StompModule.forRoot({ brokers: [broker] })];
    const first = await startNest({ imports });
    const testing = await Test.createTestingModule({ imports }).compile();
    const second = testing.createNestApplication();
    await expect(second.init()).rejects.toMatchObject({ code: 'STOMP_ERR_BROKER_IN_USE' });
    await second.close();
    expect(broker.available).toBe(true);
    await first.app.close();
    expect(broker.available).toBe(false);
  });

  it('when two instances have the same name, also that of the one without', async () => {
    for (const name of ['second', undefined, 'default']) {
      const first = { name: name === 'default' ? undefined : name };
      await expect(start(first, { name, endpoints: ['/two'] })).rejects.toMatchObject({
        code: 'STOMP_ERR_DUPLICATE_INSTANCE',
        message: expect.stringContaining(`with the name '${name ?? 'default'}'`),
      });
    }
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
