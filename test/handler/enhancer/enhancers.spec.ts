import { AsyncLocalStorage } from 'node:async_hooks';
import {
  Controller,
  ForbiddenException,
  Injectable,
  Scope,
  SetMetadata,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
  type Provider,
} from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector, REQUEST } from '@nestjs/core';
import { Inject } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { delay, map, of, tap } from 'rxjs';
import {
  Header,
  Message,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  SendTo,
  SubscribeMapping,
  type SessionContext,
} from 'nestjs-stomp';
import { done, HandlerApp, settle } from '../handler-app.js';

const calls: string[] = [];
const storage = new AsyncLocalStorage<string>();
const Roles = (...roles: string[]) => SetMetadata('roles', roles);

@Injectable()
class Service {
  readonly name = 'service';
}

/** Pipe, interceptor and filter. */
class Everything implements PipeTransform, NestInterceptor, ExceptionFilter {
  transform(value: unknown) {
    return value;
  }
  intercept(_: ExecutionContext, next: CallHandler) {
    return next.handle();
  }
  catch() {
    return 'caught';
  }
}

/** Lets those pass whose session has one of the roles that the handler asks for. */
@Injectable()
class RolesGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly service: Service,
  ) {}
  canActivate(context: ExecutionContext) {
    const targets = [context.getHandler(), context.getClass()];
    const roles = this.reflector.getAllAndOverride<string[]>('roles', targets) ?? [];
    const client = context.switchToWs().getClient<SessionContext>();
    calls.push(
      `guard:${this.service.name}:${context.getClass().name}.${context.getHandler().name}`,
    );
    return roles.length === 0 || roles.includes(client.attributes.get('role') as string);
  }
}
class Step implements CanActivate, NestInterceptor, PipeTransform {
  constructor(readonly name: string) {}
  canActivate() {
    calls.push(`guard ${this.name}`);
    return true;
  }
  intercept(_: ExecutionContext, next: CallHandler) {
    calls.push(`before ${this.name}`);
    return next.handle().pipe(tap(() => calls.push(`after ${this.name}`)));
  }
  transform(value: unknown) {
    calls.push(`pipe ${this.name}`);
    return value;
  }
}
const later = (answer: boolean): CanActivate => ({ canActivate: () => Promise.resolve(answer) });
const observed = (answer: boolean): CanActivate => ({
  canActivate: () => of(answer).pipe(delay(1)),
});

@Controller()
@UseGuards(RolesGuard)
@SendTo('/topic/out')
class Guarded {
  @MessageMapping('open') open() {
    return 'open';
  }
  @MessageMapping('admin') @Roles('admin') admin(body: { a: number }) {
    return body;
  }
  @SubscribeMapping('secret') @Roles('admin') secret() {
    return 'secret';
  }
  @MessageMapping('later') @UseGuards(later(true), observed(true)) later() {
    calls.push('called');
    return 'later';
  }
  @MessageMapping('denied/promise') @UseGuards(later(false)) promise() {
    return 'never';
  }
  @MessageMapping('denied/observable') @UseGuards(observed(false)) observable() {
    return 'never';
  }
  @MessageExceptionHandler() denied(error: ForbiddenException) {
    return { denied: error.message, cause: error.cause instanceof WsException };
  }
}

@Injectable()
@UseGuards(new Step('class'))
@UseInterceptors(new Step('class'))
@UsePipes(new Step('class'))
class Ordered {
  @MessageMapping('order')
  @UseGuards(new Step('method'))
  @UseInterceptors(new Step('method'))
  @UsePipes(new Step('method'))
  order(
    @Payload(new Step('parameter')) body: string,
    @Header('x', { required: false }) _x?: string,
  ) {
    calls.push('handler');
    return body;
  }
}

@Injectable()
class Intercepted {
  @MessageMapping('mapped')
  @UseInterceptors({
    intercept: (_: unknown, next: CallHandler) => next.handle().pipe(map((value) => ({ value }))),
  } as any)
  async mapped(body: string) {
    await Promise.resolve();
    return body;
  }
  @MessageMapping('cached')
  @UseInterceptors({ intercept: () => of('cached') } as any)
  cached() {
    calls.push('never');
    return 'x';
  }
  @MessageMapping('promised')
  @UseInterceptors({
    intercept: (_: unknown, next: CallHandler) => Promise.resolve(next.handle()),
  } as any)
  promised(body: string) {
    return body;
  }
  @MessageMapping('stored')
  @UseInterceptors({
    intercept: (_: unknown, next: CallHandler) => storage.run('inside', () => next.handle()),
  } as any)
  @UseInterceptors(new Step('inner'))
  stored() {
    return storage.getStore();
  }
  @MessageMapping('throwing')
  @UseInterceptors({
    intercept: () => {
      throw new Error('interceptor');
    },
  } as any)
  throwing() {
    return 'x';
  }
  @MessageExceptionHandler() failed(error: Error) {
    return `failed:${error.message}`;
  }
}

@Injectable()
class Plain {
  @MessageMapping('plain') plain(body: string) {
    return body;
  }
  @MessageMapping('message') message(message: Message) {
    return message.headers.destination;
  }
}

let app: HandlerApp;
beforeEach(() => (calls.length = 0));
afterEach(() => app?.close());

describe('guards', () => {
  beforeEach(async () => {
    app = await HandlerApp.start({ controllers: [Guarded], providers: [Service] });
  });

  it('of a controller’s class get their dependencies, class, handler and client', async () => {
    expect(await app.ask('/app/open')).toBe('open');
    expect(calls).toEqual(['guard:service:Guarded.open']);
  });

  it('refuse before arguments are looked at', async () => {
    expect(await app.ask('/app/admin', 'no json')).toEqual({
      denied: 'Forbidden resource',
      cause: true,
    });
    app.session.attributes.set('role', 'admin');
    expect(await app.ask('/app/admin', { a: 1 })).toEqual({ a: 1 });
  });

  it('stand before @SubscribeMapping too', () => {
    app.subscribe('/app/secret');
    expect(app.bodies()).toEqual([expect.objectContaining({ denied: 'Forbidden resource' })]);
    app.session.attributes.set('role', 'admin');
    app.subscribe('/app/secret');
    expect(app.bodies().at(-1)).toBe('secret');
  });

  it('may be asynchronous: the handler is entered when they are done', async () => {
    const sent = app.send('/app/later') as {
      entered: Promise<boolean>;
      completed: Promise<boolean>;
    };
    expect(calls).not.toContain('called');
    await sent.entered;
    expect(calls).toContain('called');
    await sent.completed;
    expect(app.bodies()).toEqual(['later']);
    for (const kind of ['promise', 'observable'])
      expect(await app.ask(`/app/denied/${kind}`)).toMatchObject({ denied: 'Forbidden resource' });
  });

  it('that are synchronous keep the call synchronous', () => {
    expect(app.send('/app/open')).toBe(true);
  });

  it('of a method that is overridden without them are not lost silently', async () => {
    class Base {
      @MessageMapping('x') @UseGuards(RolesGuard) x() {
        return 'x';
      }
    }
    @Injectable()
    class Derived extends Base {
      override x() {
        return 'derived';
      }
    }
    await expect(HandlerApp.start({ providers: [Derived, Service] })).rejects.toThrow(
      "Derived.x: something in its @UseGuards() was not made by Nest. If it overrides a method of another class, repeat that one's @UseGuards()",
    );
  });

  it('guard a method that overrides another one, which has the mapping', async () => {
    class Base {
      @MessageMapping('x') @SendTo('/topic/x') x() {
        return 'x';
      }
    }
    @UseGuards(RolesGuard)
    @Injectable()
    class Derived extends Base {
      @Roles('admin') override x() {
        return 'secret';
      }
    }
    class Closed extends Base {
      @UseGuards({ canActivate: () => false }) override x() {
        return 'secret';
      }
    }
    for (const provider of [Derived, Closed]) {
      app = await HandlerApp.start(
        { providers: [provider, Service] },
        { onUnhandledError: 'errorQueue' },
      );
      expect(await app.ask('/app/x')).toMatchObject({ status: 403 });
      await app.close();
    }
    app = await HandlerApp.start({ providers: [Derived, Service] });
    app.session.attributes.set('role', 'admin');
    expect(await app.exchange('/app/x')).toMatchObject([
      { destination: '/topic/x', body: 'secret' },
    ]);
  });
});

describe.each([
  ['UsePipes', UsePipes(Everything)],
  ['UseInterceptors', UseInterceptors(Everything)],
  ['UseFilters', UseFilters(Everything)],
])('@%s', (name, decorator) => {
  it('of a method that is overridden without it is not lost silently', async () => {
    class Base {
      @MessageMapping('x') @decorator x() {
        return 'x';
      }
    }
    @Injectable()
    class Derived extends Base {
      override x() {
        return 'derived';
      }
    }
    await expect(HandlerApp.start({ providers: [Derived] })).rejects.toThrow(
      `Derived.x: something in its @${name}() was not made by Nest`,
    );
  });
});

describe('enhancers', () => {
  it('run in the order of Nest: guards, interceptors, pipes; class before method before parameter', async () => {
    app = await HandlerApp.start({ providers: [Ordered] });
    expect(await app.ask('/app/order', 'x')).toBe('x');
    expect(calls).toEqual([
      'guard class',
      'guard method',
      'before class',
      'before method',
      'pipe class',
      'pipe method',
      'pipe parameter',
      'pipe class',
      'pipe method',
      'handler',
      'after method',
      'after class',
    ]);
  });

  it('bound by the application run for handlers without any', async () => {
    const global = new Step('global');
    const providers: Provider[] = [
      Plain,
      { provide: APP_GUARD, useValue: global },
      { provide: APP_INTERCEPTOR, useValue: global },
      { provide: APP_PIPE, useValue: global },
    ];
    app = await HandlerApp.start({ providers });
    expect(await app.ask('/app/plain', 'x')).toBe('x');
    expect(calls).toEqual(['guard global', 'before global', 'pipe global', 'after global']);
    calls.length = 0;
    await app.ask('/app/message');
    expect(calls).not.toContain('pipe global');
  });

  it('set by useGlobalX before the start run too', async () => {
    const global = new Step('global');
    const configure = (nest: any) =>
      nest.useGlobalGuards(global).useGlobalInterceptors(global).useGlobalPipes(global);
    app = await HandlerApp.start({ providers: [Plain] }, { configure });
    expect(await app.ask('/app/plain', 'x')).toBe('x');
    expect(calls).toEqual(['guard global', 'before global', 'pipe global', 'after global']);
  });

  it('that are request-scoped and global see the message, on providers as on controllers', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class ScopedGuard implements CanActivate {
      constructor(@Inject(REQUEST) private readonly message: Message) {}
      canActivate() {
        calls.push(`scoped ${this.message.headers.destination}`);
        return this.message.headers.destination !== '/app/message';
      }
    }
    @Controller()
    class Other {
      @MessageMapping('other') other() {
        return 'other';
      }
    }
    const providers: Provider[] = [Plain, { provide: APP_GUARD, useClass: ScopedGuard }];
    app = await HandlerApp.start({ providers, controllers: [Other] });
    expect(await app.ask('/app/plain', 'x')).toBe('x');
    expect(await app.ask('/app/other')).toBe('other');
    expect(await app.exchange('/app/message')).toEqual([]);
    expect(calls).toEqual(['scoped /app/plain', 'scoped /app/other', 'scoped /app/message']);
  });
});

describe('interceptors', () => {
  beforeEach(async () => {
    app = await HandlerApp.start({ providers: [Intercepted] });
  });

  it('change the reply', async () => {
    expect(await app.ask('/app/mapped', 'x')).toEqual({ value: 'x' });
  });

  it('may answer instead of the handler', async () => {
    expect(await app.ask('/app/cached')).toBe('cached');
    expect(calls).toEqual([]);
  });

  it('may be asynchronous, and complete when the reply is sent', async () => {
    const sent = app.send('/app/promised', 'x') as { completed: Promise<boolean> };
    expect(app.replies).toEqual([]);
    await sent.completed;
    expect(app.bodies()).toEqual(['x']);
  });

  it('pass their AsyncLocalStorage to the handler', async () => {
    expect(await app.ask('/app/stored')).toBe('inside');
  });

  it('that throw go to the exception handlers', async () => {
    expect(await app.ask('/app/throwing')).toBe('failed:interceptor');
    await settle();
    await done(true);
  });
});
