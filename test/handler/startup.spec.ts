import { jest } from '@jest/globals';
import {
  Controller,
  Get,
  Headers as HttpHeaders,
  Injectable,
  Logger,
  ParseIntPipe,
} from '@nestjs/common';
import {
  ControllerAdvice,
  DestinationVariable,
  Header,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  SendTo,
  SendToUser,
  SubscribeMapping,
} from 'nestjs-stomp';
import { HandlerApp, type HandlerAppOptions } from './handler-app.js';

@Injectable()
class Mistakes {
  @MessageMapping('vars/{a}') @SendTo('/topic/{c}') variables(@DestinationVariable('b') b: string) {
    return b;
  }
  @MessageMapping('/app/again') prefixed() {}
  @MessageMapping('nowhere') @SendTo('/elsewhere/x') @SendToUser('/inbox') nowhere() {}
  @MessageMapping() unreachable() {}
  @MessageMapping('both') @SubscribeMapping('both') both() {}
}
@Injectable()
class Users {
  @MessageMapping('again') @SendToUser('/user/queue/x') again() {}
  @MessageMapping('relative') @SendToUser('queue/x') relative() {}
  @MessageExceptionHandler() @SendToUser('/nowhere') failed() {}
}
@Injectable()
class OnlyErrors {
  @MessageExceptionHandler() failed() {}
}
@Injectable()
class Right {
  @MessageMapping('right/{a}') @SendTo('/topic/{a}', '/queue/x', '/user/bob/queue') right(
    @DestinationVariable('a') a: string,
    @DestinationVariable('b', { required: false }) _b: string,
  ) {
    return a;
  }
  @MessageMapping('other/{a}') @SendTo('/{a}/x') other(@DestinationVariable() a: string) {
    return a;
  }
  @SubscribeMapping('only-subscribe') subscribe() {
    return 'x';
  }
}
@ControllerAdvice()
class Advice {
  @MessageExceptionHandler() failed() {}
}

let app: HandlerApp | undefined;
let warned: string[];
beforeEach(() => {
  warned = [];
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((text) => void warned.push(String(text)));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await app?.close();
  app = undefined;
});
const start = async (providers: any[], options: HandlerAppOptions = {}) =>
  (app = await HandlerApp.start({ providers }, options));

describe('start-up checks', () => {
  it('warn of what would be silence later', async () => {
    await start([Mistakes, OnlyErrors]);
    expect(warned).toEqual([
      "Mistakes.variables: it asks for the variable 'b', which '/vars/{a}' does not have",
      "Mistakes.variables: '/topic/{c}' names the variable 'c', which '/vars/{a}' does not have",
      "Mistakes.prefixed: '/app/again' begins with the application prefix '/app', which destinations lose before they are looked up: leave it out",
      "Mistakes.nowhere: it sends to '/elsewhere/x', which no broker takes",
      "Mistakes.nowhere: it sends to '/inbox', which no broker takes",
      'Mistakes.unreachable: nobody can reach it: neither the method nor its class names a destination',
      'Mistakes.both: of @MessageMapping and @SubscribeMapping on one method only the first counts',
      'OnlyErrors.failed: nobody can reach it: OnlyErrors has no mappings and is no @ControllerAdvice',
    ]);
  });

  it('know where users and those who hear of failures are sent to', async () => {
    await start([Users]);
    expect(warned).toEqual([
      "Users.again: it sends to '/user/queue/x' of the user, which is '/user/' + name + destination already: leave '/user' out",
      "Users.failed: it sends to '/nowhere', which no broker takes",
    ]);
  });

  it.each([[['queue', 'topic']], [['queue/', 'topic/']]])(
    'know that users get what is sent to /queue of theirs by a broker of %j',
    async (destinations) => {
      await start([Users], { destinations });
      expect(warned.slice(1)).toEqual([
        "Users.failed: it sends to '/nowhere', which no broker takes",
      ]);
    },
  );

  it('know what gives nothing of an HTTP request', async () => {
    @Controller()
    class Web {
      @Get('wrong') wrong(@Header('x') _x: string) {}
      @Get('right') right(@HttpHeaders('x') _x: string, @Payload() _body: object) {}
      @Get('both') @MessageMapping('both') both(@Header('x') _x: string) {}
    }
    app = await HandlerApp.start({ controllers: [Web] });
    expect(warned).toEqual([
      'Web.wrong: a parameter has a decorator of nestjs-stomp, which gives nothing of an HTTP request: use that of @nestjs/common',
    ]);
  });

  const untyped = (...decorated: [PropertyKey, ...((target: any, ...rest: any[]) => void)[]][]) => {
    class Plain {
      payload(_body: unknown) {}
      header(_n: unknown) {}
      failed(_error: unknown) {}
      none() {}
    }
    for (const [name, method, parameter] of decorated) {
      parameter?.(Plain.prototype, name, 0);
      method!(Plain.prototype, name, Object.getOwnPropertyDescriptor(Plain.prototype, name));
    }
    return Injectable()(Plain) ?? Plain;
  };

  it('tell once of what was built without the types of its parameters', async () => {
    const first = untyped(
      ['payload', MessageMapping('first')],
      ['header', MessageMapping('header'), Header('n')],
      ['failed', MessageExceptionHandler()],
    );
    await start([first, untyped(['payload', MessageMapping('second')])]);
    expect(warned).toEqual([
      expect.stringMatching(
        /^Plain\.payload: the types of its parameters are not known, as those of 3 other handlers: .*emitDecoratorMetadata/,
      ),
    ]);
  });

  it('ask for no types where the handler says all that they would', async () => {
    const typed = untyped(['payload', MessageMapping('typed')]);
    Reflect.defineMetadata('design:paramtypes', [Object], typed.prototype, 'payload');
    const named = untyped(
      ['payload', MessageMapping('named'), Payload({ type: Object })],
      ['header', MessageMapping('number'), Header('n', { type: Number })],
      ['none', MessageMapping('none')],
      ['failed', MessageExceptionHandler(Error)],
    );
    const piped = untyped(['header', MessageMapping('piped'), Header('n', new ParseIntPipe())]);
    await start([typed, named, piped]);
    expect(warned).toEqual([]);
  });

  it('throw or are silent as configured', async () => {
    await expect(start([Mistakes], { startupChecks: 'throw' })).rejects.toThrow(
      "Mistakes.variables: it asks for the variable 'b'",
    );
    await start([Mistakes], { startupChecks: 'off' });
    expect(warned).toEqual([]);
  });

  it('have nothing to say about what is right', async () => {
    await start([Right, Advice]);
    expect(warned).toEqual([]);
  });

  it('know that a leading slash is never looked up with dots', async () => {
    @Injectable()
    class Lead {
      @MessageMapping('/lead') lead() {}
    }
    await start([Lead], { pathSeparator: '.' });
    expect(warned).toEqual([
      "Lead.lead: nobody can reach it: with the separator '.' the pattern '/lead' must not begin with /",
    ]);
  });
});

describe('decorators of methods', () => {
  it('refuse what is no method of the object', () => {
    const notHere =
      'belongs on a method of the object, not on a static one, a getter or a property';
    const decorators: MethodDecorator[] = [
      MessageMapping('x'),
      SubscribeMapping('x'),
      SendTo('/topic/x'),
    ];
    for (const decorate of decorators) {
      class Wrong {
        static fixed() {}
        get computed() {
          return 1;
        }
      }
      const decorated = (target: object, name: string) => () =>
        decorate(target, name, Object.getOwnPropertyDescriptor(target, name)!);
      expect(decorated(Wrong, 'fixed')).toThrow(notHere);
      expect(decorated(Wrong.prototype, 'computed')).toThrow('Wrong.computed: @');
    }
  });
});

describe('hints', () => {
  it('tell once of a SEND or SUBSCRIBE below the application prefix that nobody handles', async () => {
    await start([Right]);
    for (let i = 0; i < 3; i++) app!.send('/app/wrong');
    app!.send('/app/only-subscribe');
    app!.subscribe('/app/right/1');
    app!.subscribe('/topic/right/1');
    app!.send('/app/right/1');
    expect(warned).toEqual([
      'Nobody handles SEND to "/app/wrong": there is no @MessageMapping for it',
      'Nobody handles SEND to "/app/only-subscribe": there is no @MessageMapping for it, only a @SubscribeMapping',
      'Nobody handles SUBSCRIBE to "/app/right/1": there is no @SubscribeMapping for it, only a @MessageMapping',
    ]);
  });

  it('are bounded', async () => {
    await start([Right]);
    for (let i = 0; i < 500; i++) app!.send(`/app/wrong/${i}`);
    expect(warned).toHaveLength(101);
    expect(warned.at(-1)).toBe('More destinations that nobody handles will not be reported');
  });

  it('are not given without application prefixes, or when they are switched off', async () => {
    await start([Right], { prefixes: [] });
    app!.send('/topic/x');
    await app!.close();
    await start([Right], { startupChecks: 'off' });
    app!.send('/app/x');
    expect(warned).toEqual([]);
  });
});

it('says what clients write to reach each handler', async () => {
  const said: string[] = [];
  jest.spyOn(Logger.prototype, 'log').mockImplementation((text) => void said.push(String(text)));
  app = await HandlerApp.start({ providers: [Right] }, { prefixes: ['/app', '/api/'] });
  expect(said.filter((text) => text.startsWith('Mapped'))).toEqual([
    'Mapped {SEND /app/right/{a}} to Right.right',
    'Mapped {SEND /api/right/{a}} to Right.right',
    'Mapped {SEND /app/other/{a}} to Right.other',
    'Mapped {SEND /api/other/{a}} to Right.other',
    'Mapped {SUBSCRIBE /app/only-subscribe} to Right.subscribe',
    'Mapped {SUBSCRIBE /api/only-subscribe} to Right.subscribe',
  ]);
});
