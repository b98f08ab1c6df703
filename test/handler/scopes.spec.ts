import { Controller, Inject, Injectable, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { Message, MessageExceptionHandler, MessageMapping, StompInstance } from 'nestjs-stomp';
import { Membership, type InstanceClaim } from '../../lib/handler/index.js';
import { messageContext, type PendingSend } from '../../lib/channel/index.js';
import { done, HandlerApp } from './handler-app.js';

let made = 0;
let gate: Promise<void>;

@Injectable({ scope: Scope.REQUEST })
class ScopedService {
  readonly number = ++made;
  constructor(@Inject(REQUEST) readonly message: Message) {}
}
@Injectable({ scope: Scope.REQUEST })
class ScopedProvider {
  constructor(readonly service: ScopedService) {}
  @MessageMapping('provider') handle() {
    return { destination: this.service.message.headers.destination, number: this.service.number };
  }
  @MessageMapping('fails') fails() {
    throw new Error('scoped');
  }
  @MessageMapping('slow') async slow() {
    await gate;
    return 'slow';
  }
  @MessageExceptionHandler() failed(error: Error) {
    return `${error.message}:${this.service.message.headers.destination}:${this.service.number}`;
  }
}
@Controller()
class BubblingController {
  constructor(readonly service: ScopedService) {}
  @MessageMapping('controller') handle() {
    return this.service.message.headers.destination;
  }
}
@Injectable({ scope: Scope.TRANSIENT })
class TransientProvider {
  readonly number = ++made;
  @MessageMapping('transient') handle() {
    return this.number;
  }
}
@Injectable({ scope: Scope.REQUEST })
class BrokenProvider {
  constructor() {
    throw new Error('cannot be made');
  }
  @MessageMapping('broken') handle() {
    return 'x';
  }
}
@Injectable()
class Plain {
  @MessageMapping('plain') handle() {
    return messageContext.getStore()?.message?.headers.destination ?? 'none';
  }
}

let app: HandlerApp;
beforeEach(() => (made = 0));
afterEach(() => app?.close());

describe('request-scoped handlers', () => {
  it('are made for each message, which is their REQUEST', async () => {
    app = await HandlerApp.start({ providers: [ScopedProvider, ScopedService] });
    expect(made).toBe(0);
    expect(await app.ask('/app/provider')).toEqual({ destination: '/app/provider', number: 1 });
    expect(await app.ask('/app/provider')).toEqual({ destination: '/app/provider', number: 2 });
  });

  it('are controllers that only inject something request-scoped, too', async () => {
    app = await HandlerApp.start({ controllers: [BubblingController], providers: [ScopedService] });
    expect(await app.ask('/app/controller')).toBe('/app/controller');
  });

  it('have exception handlers', async () => {
    app = await HandlerApp.start({ providers: [ScopedProvider, ScopedService] });
    expect(await app.ask('/app/fails')).toBe('scoped:/app/fails:1');
  });

  it('do not hold up what comes behind them once they are entered', async () => {
    app = await HandlerApp.start({ providers: [ScopedProvider, ScopedService] });
    let open!: () => void;
    gate = new Promise((resolve) => (open = resolve));
    const sent = app.send('/app/slow') as PendingSend;
    await sent.entered;
    expect(app.replies).toEqual([]);
    open();
    await sent.completed;
    expect(app.bodies()).toEqual(['slow']);
  });

  it('are entered when they are made', async () => {
    app = await HandlerApp.start({ providers: [ScopedProvider, ScopedService] });
    const sent = app.send('/app/provider') as PendingSend;
    expect(made).toBe(0);
    await sent.entered;
    expect(made).toBe(1);
    await sent.completed;
  });

  it('that cannot be made are a failure of the message only', async () => {
    app = await HandlerApp.start(
      { providers: [BrokenProvider] },
      { onUnhandledError: 'errorQueue' },
    );
    expect(await app.ask('/app/broken')).toMatchObject({ message: 'Internal server error' });
  });
});

describe('other providers', () => {
  it('that are transient are made once', async () => {
    app = await HandlerApp.start({ providers: [TransientProvider] });
    expect(await app.ask('/app/transient')).toBe(1);
    expect(await app.ask('/app/transient')).toBe(1);
  });

  it('from factories, values and under other tokens are found, aliases not twice', async () => {
    class Made {
      @MessageMapping('made') handle() {
        return 'made';
      }
    }
    class Value {
      @MessageMapping('value') handle() {
        return 'value';
      }
    }
    app = await HandlerApp.start({
      providers: [
        Plain,
        { provide: 'alias', useExisting: Plain },
        { provide: 'made', useFactory: () => new Made() },
        { provide: 'value', useValue: new Value() },
        { provide: 'nothing', useValue: undefined },
        { provide: 'null-prototype', useValue: Object.create(null) },
      ],
    });
    expect(await app.ask('/app/made')).toBe('made');
    expect(await app.ask('/app/value')).toBe('value');
    expect(await app.ask('/app/plain')).toBe('none');
  });

  it('run inside messageContext if it is tracked', async () => {
    app = await HandlerApp.start({ providers: [Plain] }, { trackMessageContext: true });
    expect(await app.ask('/app/plain')).toBe('/app/plain');
  });
});

describe('instances', () => {
  @Injectable()
  @StompInstance('admin', 'ops')
  class Admin {
    @MessageMapping('admin') handle() {
      return 'admin';
    }
  }
  @Injectable()
  class Feature {
    @MessageMapping('feature') handle() {
      return 'feature';
    }
  }
  class FeatureModule {}
  const metadata = {
    imports: [{ module: FeatureModule, providers: [Feature] }],
    providers: [Admin, Plain],
  };
  const reach = async (own: InstanceClaim, ...others: InstanceClaim[]) => {
    const membership = new Membership(own, [own, ...others]);
    app = await HandlerApp.start(metadata, { explorer: { membership } });
    const found: string[] = [];
    for (const one of ['admin', 'feature', 'plain']) {
      await done(app.send(`/app/${one}`));
      if (app.replies.length > found.length) found.push(one);
    }
    return found;
  };

  it('without a name take all handlers that are not of another', async () => {
    expect(await reach({})).toEqual(['feature', 'plain']);
    expect(await reach({ name: 'default' })).toEqual(['feature', 'plain']);
  });

  it('without a name leave alone the modules that another includes', async () => {
    const feature = { name: 'feature', include: [FeatureModule] };
    expect(await reach({}, feature)).toEqual(['plain']);
    expect(await reach({ include: [FeatureModule] }, feature)).toEqual(['feature']);
  });

  it('with a name take those marked for them', async () => {
    expect(await reach({ name: 'ops' })).toEqual(['admin']);
    expect(await reach({ name: 'other' })).toEqual([]);
  });

  it('take those of the modules they include', async () => {
    expect(await reach({ name: 'admin', include: [FeatureModule] })).toEqual(['admin', 'feature']);
    expect(await reach({ include: [FeatureModule] })).toEqual(['feature']);
  });
});
