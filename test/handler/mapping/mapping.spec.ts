import { jest } from '@jest/globals';
import { applyDecorators, Controller, Injectable, Logger } from '@nestjs/common';
import {
  DestinationVariable,
  Header,
  MessageMapping,
  SendTo,
  SubscribeMapping,
  type HandlerOptions,
} from 'nestjs-stomp';
import { HandlerApp, type HandlerAppOptions } from '../handler-app.js';

let app: HandlerApp;
afterEach(() => app?.close());

const start = async (type: any, options: HandlerAppOptions = {}): Promise<HandlerApp> =>
  (app = await HandlerApp.start({ providers: [type] }, { startupChecks: 'off', ...options }));

describe('@MessageMapping', () => {
  it('gets SEND below the application prefix, which is taken off', async () => {
    @Injectable()
    class Greeting {
      @MessageMapping('/greeting')
      greet(text: string) {
        return `hi ${text}`;
      }
    }
    await start(Greeting);
    const [reply] = await app.exchange('/app/greeting', 'you');
    expect(reply).toMatchObject({
      channel: 'broker',
      destination: '/topic/greeting',
      body: 'hi you',
    });
    expect(await app.exchange('/greeting', 'you')).toEqual([]);
    expect(await app.exchange('/application/greeting', 'you')).toEqual([]);
    expect(await app.exchange('/app/greeting/', 'you')).toEqual([]);
  });

  it.each([
    ['/', '/app//greet'],
    ['/', '/app///rooms//blue'],
    ['.', '/app/rooms..blue'],
  ] as const)(
    'is found by destinations with empty segments, before patterns are: separator %s, %s',
    async (pathSeparator, destination) => {
      @Injectable()
      class Greeting {
        @MessageMapping(['{any}', '{any}/{other}', '{any}.{other}']) any() {
          return 'pattern';
        }
        @MessageMapping(['greet', 'rooms/blue', 'rooms.blue']) literal() {
          return 'literal';
        }
      }
      await start(Greeting, { pathSeparator });
      expect(await app.ask(destination)).toBe('literal');
    },
  );

  it('of a method without text is the mapping of its class', async () => {
    @Injectable()
    @MessageMapping('/orders')
    class Orders {
      @MessageMapping('') all() {
        return 'all';
      }
    }
    await start(Orders);
    expect(await app.ask('/app/orders')).toBe('all');
  });

  it('may differ from another one in a regular expression with braces only', async () => {
    @Injectable()
    class Codes {
      @MessageMapping('code/{x:[0-9]{2}}') two(@DestinationVariable('x') x: string) {
        return `two ${x}`;
      }
      @MessageMapping('code/{y:[0-9]{3}}') three(@DestinationVariable('y') y: string) {
        return `three ${y}`;
      }
    }
    await start(Codes, { startupChecks: 'throw' });
    expect(await app.ask('/app/code/12')).toBe('two 12');
    expect(await app.ask('/app/code/123')).toBe('three 123');
  });

  it('that cannot be used is named with its method', async () => {
    @Injectable()
    class Bad {
      @MessageMapping('x/{y:[}') bad() {}
    }
    await expect(start(Bad)).rejects.toThrow(/Bad destination pattern .*in Bad\.bad/);
  });

  it('is found on controllers as on providers', async () => {
    @Controller()
    class Greeting {
      @MessageMapping('greeting')
      greet() {
        return 'hi';
      }
    }
    app = await HandlerApp.start({ controllers: [Greeting] });
    expect(await app.ask('/app/greeting')).toBe('hi');
  });

  it('makes the cross product of the patterns of class and method', async () => {
    @Injectable()
    @MessageMapping('a', '/b')
    class Cross {
      @MessageMapping(['x', 'y'])
      here(@Header('simpDestination') destination: string) {
        return destination;
      }
    }
    await start(Cross);
    for (const destination of ['/app/a/x', '/app/a/y', '/app/b/x', '/app/b/y'])
      expect(await app.ask(destination)).toBe(destination);
    expect(await app.exchange('/app/a')).toEqual([]);
  });

  it('without a value uses the patterns of the class as they are', async () => {
    @Injectable()
    @MessageMapping('only')
    class Plain {
      @MessageMapping()
      here() {
        return 'here';
      }
    }
    await start(Plain);
    expect(await app.ask('/app/only')).toBe('here');
  });

  it('prefers literal, then fewer wildcards, then variables with a regex', async () => {
    @Injectable()
    @SendTo('/topic/out')
    class Specific {
      @MessageMapping('/a/b') literal() {
        return 'literal';
      }
      @MessageMapping('/a/b*') part() {
        return 'part';
      }
      @MessageMapping('/a/{x}') variable() {
        return 'variable';
      }
      @MessageMapping('/a/{x:[0-9]+}') digits() {
        return 'digits';
      }
      @MessageMapping('/a/**') deep() {
        return 'deep';
      }
      @MessageMapping('/**') all() {
        return 'all';
      }
    }
    await start(Specific);
    expect(await app.ask('/app/a/b')).toBe('literal');
    expect(await app.ask('/app/a/bc')).toBe('part');
    expect(await app.ask('/app/a/c')).toBe('variable');
    expect(await app.ask('/app/a/5')).toBe('digits');
    expect(await app.ask('/app/a/c/d')).toBe('deep');
    expect(await app.ask('/app/z')).toBe('all');
  });

  it('never gets SUBSCRIBE, and @SubscribeMapping never gets SEND', async () => {
    @Injectable()
    class Both {
      @MessageMapping('x') message() {
        return 'message';
      }
      @SubscribeMapping('x') subscribe() {
        return 'subscription';
      }
    }
    await start(Both);
    expect(await app.ask('/app/x')).toBe('message');
    app.subscribe('/app/x');
    expect(app.bodies()).toEqual(['message', 'subscription']);
  });

  it('takes the separator of the application', async () => {
    @Injectable()
    @MessageMapping('foo')
    class Dots {
      @MessageMapping('bar.{baz}') bar(@DestinationVariable('baz') baz: string) {
        return baz;
      }
    }
    await start(Dots, { pathSeparator: '.' });
    const [reply] = await app.exchange('/app/foo.bar.baz123');
    expect(reply).toMatchObject({ destination: '/topic/foo.bar.baz123', body: 'baz123' });
  });

  it('gets every destination when there are no application prefixes', async () => {
    @Injectable()
    class All {
      @MessageMapping('/topic/chat') chat(text: string) {
        return text;
      }
    }
    await start(All, { prefixes: [] });
    expect((await app.exchange('/topic/chat', 'x'))[0]!.destination).toBe('/topic/topic/chat');
  });

  it('takes several application prefixes', async () => {
    @Injectable()
    class One {
      @MessageMapping('x') x() {
        return 'x';
      }
    }
    await start(One, { prefixes: ['/app', '/other/'] });
    expect(await app.ask('/other/x')).toBe('x');
    expect(await app.ask('/app/x')).toBe('x');
  });

  it('can be composed into own decorators', async () => {
    const Chat = (room: string) =>
      applyDecorators(MessageMapping(`chat/${room}`), SendTo('/topic/chat'));
    @Injectable()
    class Composed {
      @Chat('lobby') lobby(text: string) {
        return text;
      }
    }
    await start(Composed);
    expect((await app.exchange('/app/chat/lobby', 'x'))[0]!.destination).toBe('/topic/chat');
  });

  it('replaces placeholders by values of configuration, or by their default', async () => {
    @Injectable()
    class Configured {
      @MessageMapping('${room}/{id:[0-9]+}')
      @SendTo('/topic/${out:standard}.{id}')
      room(@Header('${header:x-lang}', { defaultValue: '${language:en}' }) language: string) {
        return language;
      }
    }
    const resolvePlaceholder: HandlerOptions['resolvePlaceholder'] = (key) =>
      key === 'room' ? 'lobby' : undefined;
    await start(Configured, { resolvePlaceholder });
    expect(await app.exchange('/app/lobby/7')).toMatchObject([
      { destination: '/topic/standard.7', body: 'en' },
    ]);
    expect(await app.ask('/app/lobby/7', 'x', { 'x-lang': 'de' })).toBe('de');
  });

  it.each([undefined, 7])('refuses %s in the place of a text', (value) => {
    for (const decorate of [MessageMapping, SubscribeMapping, SendTo])
      expect(() => {
        class Odd {
          @decorate(value as unknown as string) odd() {}
        }
        return Odd;
      }).toThrow(`Odd.odd: @${decorate.name}() was given ${value} where a text belongs`);
  });

  it('fails at start for a placeholder without a value', async () => {
    @Injectable()
    class Configured {
      @MessageMapping('${NOT_SET_ANYWHERE}') room() {
        return 'x';
      }
    }
    await expect(start(Configured)).rejects.toThrow(
      "Configured.room: placeholder '${NOT_SET_ANYWHERE}' has neither a value nor a default",
    );
  });
});

describe('inherited handlers', () => {
  class Base {
    @MessageMapping('kept') kept() {
      return 'kept';
    }
    @MessageMapping('overridden') overridden(@Header('x') _x: string) {
      return 'base';
    }
    @MessageMapping('renamed') renamed() {
      return 'base';
    }
  }
  @Injectable()
  @MessageMapping('derived')
  class Derived extends Base {
    override overridden(x: string) {
      return `derived:${x}`;
    }
    @MessageMapping('new-name') override renamed() {
      return 'derived';
    }
  }

  it('are found, also those overridden without decorators, with their parameters', async () => {
    await start(Derived);
    expect(await app.ask('/app/derived/kept')).toBe('kept');
    expect(await app.ask('/app/derived/overridden', undefined, { x: '1' })).toBe('derived:1');
    expect(await app.ask('/app/derived/new-name')).toBe('derived');
    expect(await app.exchange('/app/derived/renamed')).toEqual([]);
  });
});

describe('ambiguous mappings', () => {
  it('with equal patterns are refused at start, both methods named', async () => {
    @Injectable()
    class Twice {
      @MessageMapping('x') one() {}
      @MessageMapping('/x') two() {}
    }
    await expect(start(Twice)).rejects.toThrow(
      "Ambiguous mapping: '/x' of Twice.two and '/x' of Twice.one take the same destinations",
    );
  });

  it('with patterns that differ in the names of variables only are refused at start', async () => {
    @Injectable()
    class Twice {
      @MessageMapping('x/{id:[0-9]+}') one() {}
      @MessageMapping('x/{name:[0-9]+}') two() {}
      @MessageMapping('x/{name:[a-z]+}') three() {}
    }
    await expect(start(Twice)).rejects.toThrow(/Twice\.two and .* of Twice\.one/);
  });

  it('of one class provided by two modules are refused with a hint', async () => {
    @Injectable()
    class Shared {
      @MessageMapping('x') one() {}
    }
    class Other {}
    const module = { module: Other, providers: [Shared] };
    await expect(HandlerApp.start({ imports: [module], providers: [Shared] })).rejects.toThrow(
      /Shared\.one is provided by .*; provide it in one module and export it/,
    );
  });

  it('that only a message shows go to the exception handlers', async () => {
    @Injectable()
    class Ties {
      @MessageMapping('{a}/x') one() {
        return 'one';
      }
      @MessageMapping('x/{b}') two() {
        return 'two';
      }
    }
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    await start(Ties, { onUnhandledError: 'errorQueue' });
    expect(await app.ask('/app/y/x')).toBe('one');
    const [reply] = await app.exchange('/app/x/x');
    expect(reply).toMatchObject({
      destination: '/user/s1/queue/errors',
      body: { code: 'STOMP_ERR_AMBIGUOUS_MAPPING', message: 'Internal server error' },
    });
    expect(warn).toHaveBeenCalledWith(
      expect.stringMatching(/"\/x\/x": Ties\.(one|two) '.*', Ties\.(one|two) '/),
    );
    warn.mockRestore();
  });
});
