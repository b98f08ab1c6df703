import { Controller, Inject, Injectable, Logger, Scope } from '@nestjs/common';
import { DiscoveryModule, ModuleRef, ModulesContainer, REQUEST } from '@nestjs/core';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Test, type TestingModule } from '@nestjs/testing';
import { jest } from '@jest/globals';
import {
  bridgeToEventEmitter,
  currentSession,
  OnStompEvent,
  StompEventListenerExplorer,
  StompEvents,
  type SessionConnectedEvent,
  type SessionDisconnectEvent,
  type StompEventListenerExplorerOptions,
} from '../../lib/channel/index.js';
import { session } from '../user/verbs.js';

const heard: string[] = [];

class Base {
  @OnStompEvent('sessionConnected')
  connected({ session: { id } }: SessionConnectedEvent): void {
    heard.push(`${this.constructor.name} ${id}`);
  }
}

@Injectable()
class Inheriting extends Base {}

@Injectable()
class Overriding extends Base {
  override connected({ session: { id } }: SessionConnectedEvent): void {
    heard.push(`overridden ${id}`);
  }
}

@Controller()
class Both {
  @OnStompEvent('sessionConnected', 'sessionDisconnect')
  comesOrGoes({ type }: SessionConnectedEvent | SessionDisconnectEvent): void {
    heard.push(`${type} of ${currentSession()?.id}`);
  }
}

@Injectable()
class Throwing {
  @OnStompEvent('sessionConnected')
  throws(): void {
    throw new Error('sync');
  }

  @OnStompEvent('sessionConnected')
  async rejects(): Promise<void> {
    await Promise.reject(new Error('async'));
  }
}

@Injectable({ scope: Scope.REQUEST })
class ForEachEvent {
  constructor(@Inject(REQUEST) private readonly event: SessionConnectedEvent) {}

  @OnStompEvent('sessionConnected')
  connected(): void {
    heard.push(`request of ${this.event.session.id}`);
  }
}

let made = 0;
@Injectable({ scope: Scope.TRANSIENT })
class Transient {
  readonly number = ++made;

  @OnStompEvent('sessionConnected')
  connected(): void {
    heard.push(`transient ${this.number}`);
  }
}

let module: TestingModule;
let events: StompEvents;
let unbind: () => void;

async function start(
  providers: any[],
  options: Partial<StompEventListenerExplorerOptions> = {},
): Promise<void> {
  const controllers = providers.filter((one) => one === Both);
  module = await Test.createTestingModule({
    imports: [DiscoveryModule, EventEmitterModule.forRoot()],
    controllers,
    providers: providers.filter((one) => one !== Both),
  }).compile();
  await module.init();
  events = new StompEvents();
  unbind = new StompEventListenerExplorer({
    modulesContainer: module.get(ModulesContainer, { strict: false }),
    moduleRef: module.get(ModuleRef),
    events,
    trackMessageContext: true,
    ...options,
  }).bind();
}

const connect = (id: string): void =>
  events.publish({ type: 'sessionConnected', session: session(id), user: undefined });
const disconnect = (id: string): void =>
  events.publish({
    type: 'sessionDisconnect',
    session: session(id),
    user: undefined,
    closeCode: 1000,
    closeReason: '',
    clean: true,
  });

beforeEach(() => {
  heard.length = 0;
  made = 0;
});

afterEach(async () => {
  unbind();
  await module.close();
  jest.restoreAllMocks();
});

it('calls methods of providers and controllers, in the context of the session', async () => {
  await start([Inheriting, Both]);
  connect('a');
  disconnect('a');
  expect(heard).toEqual(['Inheriting a', 'sessionConnected of a', 'sessionDisconnect of a']);
});

it('calls a method that overrides a decorated one', async () => {
  await start([Overriding]);
  connect('a');
  expect(heard).toEqual(['overridden a']);
});

it('lets a listener that fails disturb nobody', async () => {
  const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
  await start([Throwing, Inheriting]);
  connect('a');
  await new Promise(setImmediate);
  expect(heard).toEqual(['Inheriting a']);
  expect(error.mock.calls.map(([text]) => text)).toEqual([
    'A listener of sessionConnected failed: sync',
    'A listener of sessionConnected failed: async',
  ]);
});

it('makes request-scoped listeners anew for each event', async () => {
  await start([ForEachEvent]);
  connect('a');
  connect('b');
  await new Promise(setImmediate);
  expect(heard.sort()).toEqual(['request of a', 'request of b']);
});

it('runs listeners outside of messageContext unless it is tracked', async () => {
  await start([Both], { trackMessageContext: false });
  connect('a');
  expect(heard).toEqual(['sessionConnected of undefined']);
});

it('uses one object of a transient class', async () => {
  await start([Transient]);
  const before = made;
  connect('a');
  await new Promise(setImmediate);
  connect('b');
  await new Promise(setImmediate);
  expect(made).toBe(before + 1);
  expect(new Set(heard).size).toBe(1);
  expect(heard).toHaveLength(2);
});

it('calls a provider with an alias once', async () => {
  await start([Inheriting, { provide: 'alias', useExisting: Inheriting }]);
  connect('a');
  expect(heard).toEqual(['Inheriting a']);
});

it('finds listeners made by factories and given as values', async () => {
  await start([
    { provide: 'made', useFactory: () => new Inheriting() },
    { provide: 'given', useValue: new Both() },
  ]);
  connect('a');
  expect(heard).toEqual(['Inheriting a', 'sessionConnected of a']);
});

it('binds only what belongs to the instance', async () => {
  await start([Inheriting, Both], { belongs: (type) => type === Both });
  connect('a');
  expect(heard).toEqual(['sessionConnected of a']);
});

it('stops when it is unbound', async () => {
  await start([Inheriting]);
  unbind();
  connect('a');
  expect(heard).toEqual([]);
});

describe('bridgeToEventEmitter', () => {
  @Injectable()
  class NestListener {
    @OnEvent('stomp.sessionConnected')
    connected({ session: { id } }: SessionConnectedEvent): void {
      heard.push(`emitter ${id}`);
    }
  }

  it('emits every event for listeners of @nestjs/event-emitter', async () => {
    await start([NestListener]);
    const leave = bridgeToEventEmitter(events, module.get(EventEmitter2, { strict: false }));
    connect('a');
    disconnect('a');
    await new Promise(setImmediate);
    expect(heard).toEqual(['emitter a']);
    leave();
    connect('b');
    await new Promise(setImmediate);
    expect(heard).toHaveLength(1);
  });

  it('survives an emitter that throws', async () => {
    jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    await start([Inheriting]);
    bridgeToEventEmitter(events, {
      emit: () => {
        throw new Error('full');
      },
    });
    connect('a');
    connect('b');
    expect(heard).toEqual(['Inheriting a', 'Inheriting b']);
  });
});
