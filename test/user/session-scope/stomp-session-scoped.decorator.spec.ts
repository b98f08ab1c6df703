import { inspect } from 'node:util';
import { Inject, Injectable, Logger, Scope, type OnModuleInit } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Test, type TestingModule } from '@nestjs/testing';
import { jest } from '@jest/globals';
import { messageContext } from '../../../lib/channel/index.js';
import type { SessionContext } from '../../../lib/message/index.js';
import {
  hasSessionScopedClasses,
  SessionScopeException,
  sessionScopes,
  StompSessionScoped,
  type OnSessionEnd,
} from '../../../lib/user/index.js';
import { session, Sessions } from '../verbs.js';

@Injectable()
class Clock {
  now = 7;
}

const ended: string[] = [];
const emitted: string[] = [];

@Injectable()
@StompSessionScoped()
class Counter implements OnSessionEnd, OnModuleInit {
  static made = 0;
  @Inject('greeting') readonly greeting!: string;
  label = 'none';
  readonly #started: number;
  private calls = 0;

  constructor(readonly clock: Clock) {
    Counter.made++;
    this.#started = clock.now;
  }

  get count(): number {
    return this.calls;
  }

  next(): string {
    return `${this.greeting} ${++this.calls} since ${this.#started}`;
  }

  @OnEvent('counted')
  counted(): void {
    emitted.push('counted');
  }

  onModuleInit(): void {
    throw new Error('is not called');
  }

  onSessionEnd({ id }: SessionContext): void {
    ended.push(`${id} after ${this.calls}`);
  }
}

@Injectable()
@StompSessionScoped()
class Shop {
  constructor(readonly counter: Counter) {}
}

@Injectable()
class Service {
  constructor(
    readonly counter: Counter,
    readonly shop: Shop,
  ) {}

  async later(): Promise<string> {
    await new Promise(setImmediate);
    return this.counter.next();
  }
}

let module: TestingModule;
let service: Service;
let sessions: Sessions;
let leave: () => void;

const within = <T>(context: SessionContext, call: () => T): T =>
  messageContext.run({ session: context }, call);

beforeEach(async () => {
  ended.length = 0;
  emitted.length = 0;
  Counter.made = 0;
  sessions = new Sessions();
  leave = sessionScopes.bind(sessions.events);
  module = await Test.createTestingModule({
    imports: [EventEmitterModule.forRoot()],
    providers: [Clock, Counter, Shop, Service, { provide: 'greeting', useValue: 'call' }],
  }).compile();
  await module.init();
  service = module.get(Service);
});

afterEach(async () => {
  leave();
  await module.close();
  jest.restoreAllMocks();
});

describe('one instance a session', () => {
  it('is made when first used, and kept', () => {
    const [a, b] = [session('a'), session('b')];
    expect(Counter.made).toBe(0);
    expect(within(a, () => service.counter.next())).toBe('call 1 since 7');
    expect(within(a, () => service.counter.next())).toBe('call 2 since 7');
    expect(within(b, () => service.counter.next())).toBe('call 1 since 7');
    expect(Counter.made).toBe(2);
  });

  it('is found behind promises', async () => {
    const [a, b] = [session('a'), session('b')];
    const all = [a, b, a].map((one) => within(one, () => service.later()));
    expect(await Promise.all(all)).toEqual(['call 1 since 7', 'call 1 since 7', 'call 2 since 7']);
  });

  it('is the same for other session-scoped providers', () => {
    const a = session('a');
    within(a, () => service.counter.next());
    expect(within(a, () => service.shop.counter.next())).toBe('call 2 since 7');
  });

  it('has fields, accessors and dependencies of its own', () => {
    const [a, b] = [session('a'), session('b')];
    within(a, () => (service.counter.label = 'mine'));
    within(a, () => service.counter.next());
    expect(within(a, () => [service.counter.label, service.counter.count])).toEqual(['mine', 1]);
    expect(within(b, () => [service.counter.label, service.counter.count])).toEqual(['none', 0]);
    expect(within(a, () => service.counter.clock)).toBe(module.get(Clock));
    expect(within(a, () => 'label' in service.counter)).toBe(true);
    expect(within(a, () => ({ ...service.counter }).label)).toBe('mine');
  });

  it('takes a method along', () => {
    const next: () => string = Reflect.get(service.counter, 'next');
    expect(within(session('a'), next)).toBe('call 1 since 7');
  });
});

describe('outside of a message', () => {
  it('throws an exception that says what to do', () => {
    const text =
      'Counter.next was used outside of a message: Counter is session-scoped, and lives in handlers, listeners of session events, and what they call';
    expect(() => service.counter.next()).toThrow(text);
    expect(() => service.counter.next()).toThrow(SessionScopeException);
    expect(() => service.counter.label).toThrow('Counter.label');
    expect(() => (service.counter.label = 'x')).toThrow('Counter.label');
    expect(() => messageContext.run({}, () => service.counter.next())).toThrow(
      'outside of a message',
    );
  });

  it('can still be looked at', async () => {
    expect(service.counter).toBeInstanceOf(Counter);
    expect(() => inspect(service.counter)).not.toThrow();
    expect(await Promise.resolve(service.counter)).toBe(service.counter);
    expect(Object.keys(service.counter)).toEqual([]);
  });
});

describe('the end of a session', () => {
  const end = async (context: SessionContext): Promise<void> => {
    sessions.disconnect(context);
    await new Promise(setImmediate);
  };

  it('is told to every instance of it, once, while its listeners still use them', async () => {
    const [a, b] = [sessions.connect('a'), sessions.connect('b')];
    within(a, () => service.counter.next());
    within(b, () => service.counter.next());
    const off = sessions.events.on('sessionDisconnect', (event) =>
      within(event.session, () => service.counter.next()),
    );
    await end(a);
    off();
    await end(a);
    expect(ended).toEqual(['a after 2']);
  });

  it('makes nothing for a session that used nothing', async () => {
    await end(sessions.connect('a'));
    expect(Counter.made).toBe(0);
  });

  it('is final', async () => {
    const a = sessions.connect('a');
    await end(a);
    expect(() => within(a, () => service.counter.next())).toThrow('Session id=a already completed');
  });

  it('comes to all instances whatever one of them throws', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    const a = sessions.connect('a');
    within(a, () => {
      service.counter.next();
      const failing = { onSessionEnd: () => Promise.reject(new Error('no')) };
      sessionScopes.get(a, {}, () => failing);
      sessionScopes.get(a, {}, () => ({ onSessionEnd: () => { throw new Error('never'); } })); // prettier-ignore
    });
    await end(a);
    expect(ended).toEqual(['a after 1']);
    expect(error.mock.calls.map(([text]) => text)).toEqual([
      'onSessionEnd of Object failed: never',
      'onSessionEnd of Object failed: no',
    ]);
  });
});

describe('the class', () => {
  it('stays itself', () => {
    expect(Counter.name).toBe('Counter');
    expect(hasSessionScopedClasses()).toBe(true);
    class Sub extends Counter {}
    const sub = new Sub(new Clock());
    expect(sub).toBeInstanceOf(Sub);
    expect(sub.label).toBe('none');
    expect(() => (Counter as unknown as () => void)()).toThrow("without 'new'");
  });

  it('keeps the decorators of its methods', async () => {
    const emitter = module.get(EventEmitter2);
    within(session('a'), () => emitter.emit('counted'));
    await new Promise(setImmediate);
    expect(emitted).toEqual(['counted']);
  });

  it('makes instances of its own for each application', async () => {
    const other = await Test.createTestingModule({
      providers: [Clock, Counter, { provide: 'greeting', useValue: 'other' }],
    }).compile();
    const a = session('a');
    within(a, () => service.counter.next());
    expect(within(a, () => other.get(Counter).next())).toBe('other 1 since 7');
    await other.close();
  });

  it('works behind useClass and in request-scoped consumers', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Consumer {
      constructor(@Inject('counter') readonly counter: Counter) {}
    }
    const other = await Test.createTestingModule({
      providers: [
        Clock,
        Consumer,
        { provide: 'counter', useClass: Counter },
        { provide: 'greeting', useValue: 'hi' },
      ],
    }).compile();
    const [first, second] = [await other.resolve(Consumer), await other.resolve(Consumer)];
    const a = session('a');
    within(a, () => first.counter.next());
    expect(within(a, () => second.counter.next())).toBe('hi 2 since 7');
    await other.close();
  });
});
