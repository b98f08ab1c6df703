import {
  Inject,
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { DiscoveryModule, HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';
import { StompException } from './exception/index.js';
import { checkFactoryOptions } from './stomp-option-checks.js';
import { StompInstance } from './stomp-instance.js';
import type {
  StompModuleAsyncOptions,
  StompModuleExtras,
  StompModuleOptions,
  StompOptionsFactory,
} from './stomp-options.js';
import { exportedProviders } from './stomp-providers.js';

const OPTIONS = Symbol('nestjs-stomp.options');

/**
 * STOMP over WebSocket for a Nest application. Import it once with `forRoot`, or several times with different names.
 *
 * @publicApi
 */
@Module({ providers: [{ provide: StompInstance, useFactory: refuseBareImport }] })
export class StompModule
  implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    @Inject(StompInstance) readonly instance: StompInstance,
    private readonly moduleRef: ModuleRef,
    private readonly modules: ModulesContainer,
    private readonly httpAdapterHost: HttpAdapterHost,
  ) {}

  /** @throws StompException when the application starts with the same `name` twice */
  static forRoot(options: StompModuleOptions = {}): DynamicModule {
    return StompModule.dynamic(options, [{ provide: OPTIONS, useValue: options }]);
  }

  /** Options from a factory, a class or an existing provider; `name` and `isGlobal` are given here, not by them. */
  static forRootAsync(options: StompModuleAsyncOptions): DynamicModule {
    return {
      ...StompModule.dynamic(options, optionsProviders(options)),
      imports: [DiscoveryModule, ...(options.imports ?? [])],
    };
  }

  private static dynamic(
    { name, isGlobal, include }: StompModuleExtras,
    providers: Provider[],
  ): DynamicModule {
    const { providers: exported, exports } = exportedProviders(name);
    const instance: Provider = {
      provide: StompInstance,
      inject: [OPTIONS],
      useFactory: (options: StompModuleOptions) => {
        checkFactoryOptions(options, { name, isGlobal });
        const { include: own = include } = options;
        return new StompInstance({ ...options, name, isGlobal, include: own });
      },
    };
    return {
      module: StompModule,
      global: isGlobal ?? false,
      imports: [DiscoveryModule],
      providers: [...providers, instance, ...exported],
      exports,
    };
  }

  /**
   * Refuses new connections and closes those there are, as the option `shutdown` says. Happens by itself when the
   * application closes; called before, sessions end while all providers are still there.
   */
  drain(): Promise<void> {
    return this.instance.drain();
  }

  async onModuleInit(): Promise<void> {
    this.refuseSameNameTwice();
    await this.instance.start(this.moduleRef);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.instance.listen(this.moduleRef, this.httpAdapterHost.httpAdapter?.getHttpServer());
  }

  // Before HTTP servers close: with a STOMP socket open, their close would not end.
  async beforeApplicationShutdown(): Promise<void> {
    await this.drain();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.instance.stop();
  }

  private refuseSameNameTwice(): void {
    const { name } = this.instance;
    for (const module of this.modules.values()) {
      const other =
        module.metatype === StompModule ? (module.instance as unknown as StompModule) : undefined;
      if (!other || other === this || other.instance?.name !== name) continue;
      throw new StompException(
        `StompModule.forRoot was imported twice with the name '${name}': give each instance a name of its own, or import it once`,
        { code: 'STOMP_ERR_DUPLICATE_INSTANCE' },
      );
    }
  }
}

// What forRoot provides takes the place of this.
function refuseBareImport(): never {
  throw new StompException(
    'StompModule was imported without forRoot: import StompModule.forRoot(…) once. For other modules to inject what it offers, give it ' +
      'isGlobal: true, or import into them a module of yours that imports StompModule.forRoot(…) and exports StompModule',
    { code: 'STOMP_ERR_OPTION' },
  );
}

function optionsProviders(options: StompModuleAsyncOptions): Provider[] {
  if (options.useFactory)
    return [{ provide: OPTIONS, useFactory: options.useFactory, inject: options.inject ?? [] }];
  const factory = options.useExisting ?? options.useClass;
  if (!factory) {
    throw new StompException(
      'StompModule.forRootAsync needs one of useFactory, useClass and useExisting',
      {
        code: 'STOMP_ERR_OPTION',
      },
    );
  }
  const fromFactory: Provider = {
    provide: OPTIONS,
    inject: [factory],
    useFactory: (one: StompOptionsFactory) => one.createStompOptions(),
  };
  return options.useClass
    ? [{ provide: options.useClass, useClass: options.useClass }, fromFactory]
    : [fromFactory];
}
