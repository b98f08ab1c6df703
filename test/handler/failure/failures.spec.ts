import {
  BadRequestException,
  Catch,
  ForbiddenException,
  HttpException,
  Injectable,
  SetMetadata,
  UseFilters,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import * as common from '@nestjs/common';
import { BaseWsExceptionFilter, WsException } from '@nestjs/websockets';
import {
  ControllerAdvice,
  DestinationVariable,
  HandlerMethod,
  Header,
  MessageConversionException,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  SendTo,
  SendToUser,
  StompException,
  SubscribeMapping,
  UnhandledMessageException,
} from 'nestjs-stomp';
import { done, HandlerApp } from '../handler-app.js';

class BaseError extends Error {}
class SpecificError extends BaseError {}
class OtherError extends BaseError {}
class GlobalError extends Error {}
class SharedError extends Error {}
class TopicError extends Error {}

const make = (kind: string): Error => {
  const errors: Record<string, () => Error> = {
    base: () => new BaseError('b'),
    specific: () => new SpecificError('s'),
    other: () => new OtherError('o'),
    global: () => new GlobalError('g'),
    shared: () => new SharedError('sh'),
    topic: () => new TopicError('t'),
    deep: () => new Error('1', { cause: new Error('2', { cause: new SpecificError('3') }) }),
    cyclic: () => {
      const error = new Error('cycle');
      error.cause = new Error('back', { cause: error });
      return error;
    },
    async: () => new RangeError('async'),
    failing: () => new URIError('failing'),
    unhandled: () => new Error('secret'),
    forbidden: () => new ForbiddenException('not you'),
    ws: () => new WsException('ws text'),
    stomp: () => new StompException('stomp text', { code: 'STOMP_ERR_X', closeCode: 1008 }),
  };
  return errors[kind]!();
};

class Inherited {
  @MessageExceptionHandler(OtherError) other(error: Error) {
    return `inherited:${error.message}`;
  }
}

@Injectable()
@MessageMapping('err')
class Errors extends Inherited {
  @MessageMapping('{kind}') fail(@Header('simpDestination') destination: string) {
    throw make(destination.split('/').at(-1)!);
  }
  @MessageMapping('later/{kind}') async later(@Header('simpDestination') destination: string) {
    await Promise.resolve();
    throw make(destination.split('/').at(-1)!);
  }
  @MessageMapping('convert/x') convert(body: { a: number }) {
    return body;
  }
  @SubscribeMapping('{kind}') subscribe() {
    throw new BaseError('subscribed');
  }
  @MessageExceptionHandler() onBase(error: BaseError) {
    return `base:${error.message}`;
  }
  @MessageExceptionHandler(SpecificError)
  @SendToUser('/queue/specific', { broadcast: false })
  onSpecific(
    outer: Error,
    cause: SpecificError,
    @Payload({ required: false }) body: string,
    @Header('x', { defaultValue: '-' }) x: string,
    where: HandlerMethod,
  ) {
    return {
      outer: outer.message,
      cause: cause.message,
      body: body ?? null,
      x,
      where: where.toString(),
    };
  }
  @MessageExceptionHandler(SharedError) onShared() {
    return 'shared:local';
  }
  @MessageExceptionHandler(TopicError) @SendTo('/topic/err.{kind}') onTopic() {
    return 'topic';
  }
  @MessageExceptionHandler(RangeError) async onRange(error: Error) {
    await Promise.resolve();
    return `later:${error.message}`;
  }
  @MessageExceptionHandler(URIError) onSyntax() {
    throw new Error('again');
  }
}

@ControllerAdvice({ order: 2 })
class LateAdvice {
  @MessageExceptionHandler(GlobalError, SharedError) onGlobal() {
    return 'late';
  }
}
@ControllerAdvice({ order: 1 })
class EarlyAdvice {
  @MessageExceptionHandler(GlobalError, SharedError) onGlobal(error: Error) {
    return `global:${error.message}`;
  }
  @MessageExceptionHandler() conversion(error: MessageConversionException) {
    return error.code;
  }
}

let app: HandlerApp;
afterEach(() => app?.close());

describe('@MessageExceptionHandler', () => {
  beforeEach(async () => {
    app = await HandlerApp.start({ providers: [Errors, LateAdvice, EarlyAdvice] });
  });

  it('of the closest type takes an exception, by declared or parameter type, inherited ones too', async () => {
    expect(await app.ask('/app/err/base')).toBe('base:b');
    expect(await app.ask('/app/err/specific')).toMatchObject({ outer: 's', cause: 's' });
    expect(await app.ask('/app/err/other')).toBe('inherited:o');
  });

  it('takes the whole chain of causes', async () => {
    expect(await app.ask('/app/err/deep', 'text', { x: '1' })).toEqual({
      outer: '1',
      cause: '3',
      body: 'text',
      x: '1',
      where: 'Errors.fail',
    });
    expect(await app.exchange('/app/err/cyclic')).toEqual([]);
  });

  it('takes rejected promises', async () => {
    expect(await app.ask('/app/err/later/base')).toBe('base:b');
  });

  it('without a destination answers the session of the sender only', async () => {
    const [reply] = await app.exchange('/app/err/base');
    expect(reply).toMatchObject({
      channel: 'broker',
      destination: '/user/s1/queue/errors',
      sessionId: 's1',
    });
  });

  it('sends where it says, with the variables of the request', async () => {
    expect((await app.exchange('/app/err/topic'))[0]!.destination).toBe('/topic/err.topic');
    expect((await app.exchange('/app/err/specific'))[0]!.destination).toBe(
      '/user/s1/queue/specific',
    );
  });

  it('takes what a @SubscribeMapping throws', () => {
    app.subscribe('/app/err/x');
    expect(app.replies).toEqual([
      expect.objectContaining({ destination: '/user/s1/queue/errors', body: 'base:subscribed' }),
    ]);
  });

  it('may be asynchronous', async () => {
    expect(await app.ask('/app/err/async')).toBe('later:async');
  });

  it('that fails leaves the session alone', async () => {
    expect(await app.exchange('/app/err/failing')).toEqual([]);
  });

  it('of the class comes before advice, advice in its order', async () => {
    expect(await app.ask('/app/err/shared')).toBe('shared:local');
    expect(await app.ask('/app/err/global')).toBe('global:g');
  });

  it('takes what arguments fail with', async () => {
    expect(await app.ask('/app/err/convert/x', 'no json')).toBe('STOMP_ERR_MESSAGE_CONVERSION');
  });

  it.each([undefined, null, 'a text'])('without a type takes %s, too', async (thrown) => {
    @Injectable()
    class Throwing {
      @MessageMapping('x') x() {
        throw thrown as unknown as Error;
      }
      @MessageExceptionHandler() any(exception: unknown) {
        return `took ${String(exception)}`;
      }
    }
    await app.close();
    app = await HandlerApp.start({ providers: [Throwing] });
    expect(await app.ask('/app/x')).toBe(`took ${String(thrown)}`);
  });

  it('that overrides another one adds its decorators', async () => {
    @Injectable()
    class Sub extends Inherited {
      @MessageMapping('x') x() {
        throw new OtherError('x');
      }
      @SendTo('/topic/failed') override other(error: Error) {
        return `sub:${error.message}`;
      }
    }
    await app.close();
    app = await HandlerApp.start({ providers: [Sub] });
    expect(await app.exchange('/app/x')).toMatchObject([
      { destination: '/topic/failed', body: 'sub:x' },
    ]);
  });

  it('does not tell clients the names of classes', async () => {
    class SecretOrder {}
    @Injectable()
    class Orders {
      @MessageMapping('x') x(@Payload() order: SecretOrder) {
        return order;
      }
    }
    await app.close();
    app = await HandlerApp.start({ providers: [Orders] }, { onUnhandledError: 'errorQueue' });
    const html = { 'content-type': 'text/html' };
    expect(await app.ask('/app/x', 'x', html)).toMatchObject({
      message: "Cannot convert the payload: content-type 'text/html'",
    });
    expect(await app.ask('/app/x', [1])).toMatchObject({
      message: 'Could not read JSON: the payload is array, not an object',
    });
  });

  it('for a class that is not there yet is refused when it decorates', () => {
    expect(() => {
      class Circular {
        @MessageExceptionHandler(undefined as never) failed() {}
      }
      return Circular;
    }).toThrow(
      'Circular.failed: @MessageExceptionHandler() was given undefined where a class belongs, as classes are that come from a module that imports this one',
    );
    expect(() => {
      @ControllerAdvice({ assignableTypes: [undefined as never] })
      class Advice {}
      return Advice;
    }).toThrow('Advice: @ControllerAdvice() was given undefined where a class belongs');
  });

  it('for one type twice in a class is refused at start', async () => {
    @Injectable()
    class Twice {
      @MessageMapping('x') x() {}
      @MessageExceptionHandler(BaseError) one() {}
      @MessageExceptionHandler(BaseError) two() {}
    }
    await expect(HandlerApp.start({ providers: [Twice] })).rejects.toThrow(
      'Twice.two: ambiguous with Twice.one: both handle BaseError',
    );
  });

  it('of a subclass counts before that of its base', async () => {
    @Injectable()
    class Sub extends Inherited {
      @MessageMapping('x') x() {
        throw new OtherError('x');
      }
      @MessageExceptionHandler(OtherError) mine() {
        return 'mine';
      }
    }
    await app.close();
    app = await HandlerApp.start({ providers: [Sub] });
    expect(await app.ask('/app/x')).toBe('mine');
  });

  it('prefers a precise type of a pipe’s exception to a broad one of the argument’s', async () => {
    @Injectable()
    class Precise {
      @MessageMapping('{id}') x(@Header('x', { pipes: [common.ParseIntPipe] }) x: number) {
        return x;
      }
      @MessageExceptionHandler(Error) any() {
        return 'any';
      }
      @MessageExceptionHandler(BadRequestException) bad() {
        return 'bad';
      }
    }
    await app.close();
    app = await HandlerApp.start({ providers: [Precise] });
    expect(await app.ask('/app/1', '', { x: 'y' })).toBe('bad');
  });
});

describe('@ControllerAdvice', () => {
  const Marked = SetMetadata('marked', true);
  const failing = (name: string, path: string, ...decorators: ClassDecorator[]) => {
    class Failing {
      @MessageMapping(path) fail() {
        throw new BaseError(name);
      }
    }
    for (const decorate of [Injectable(), ...decorators]) decorate(Failing);
    return Failing;
  };

  it('is for the classes, modules and metadata that it selects', async () => {
    const Plain = failing('plain', 'plain');
    const Typed = failing('typed', 'typed');
    const Decorated = failing('decorated', 'decorated', Marked);
    const InModule = failing('module', 'module');
    class Feature {}
    const advice = (name: string, options: Parameters<typeof ControllerAdvice>[0]) => {
      class Advice {
        @MessageExceptionHandler(BaseError) on(error: Error) {
          return `${name}:${error.message}`;
        }
      }
      Injectable()(Advice);
      ControllerAdvice(options)(Advice);
      return { provide: name, useClass: Advice };
    };
    app = await HandlerApp.start({
      imports: [{ module: Feature, providers: [InModule] }],
      providers: [
        Plain,
        Typed,
        Decorated,
        advice('all', {}),
        advice('by-type', { assignableTypes: [Typed], order: 1 }),
        advice('by-metadata', { decoratedWith: ['marked'], order: 1 }),
        advice('by-module', { modules: [Feature], order: 1 }),
      ],
    });
    expect(await app.ask('/app/plain')).toBe('all:plain');
    expect(await app.ask('/app/typed')).toBe('by-type:typed');
    expect(await app.ask('/app/decorated')).toBe('by-metadata:decorated');
    expect(await app.ask('/app/module')).toBe('by-module:module');
  });
});

describe('filters', () => {
  const seen: unknown[] = [];
  @Catch(WsException)
  class WsFilter implements ExceptionFilter {
    catch(exception: WsException, host: ArgumentsHost) {
      const ws = host.switchToWs();
      seen.push([
        exception.message,
        ws.getClient().id,
        ws.getData(),
        ws.getPattern(),
        host.getType(),
      ]);
    }
  }
  @Catch(HttpException)
  class ReplyingFilter implements ExceptionFilter {
    catch(exception: HttpException) {
      return Promise.resolve({ status: exception.getStatus() });
    }
  }
  @Catch()
  class ThrowingFilter implements ExceptionFilter {
    catch() {
      throw new Error('filter');
    }
  }
  @Catch()
  class GlobalFilter implements ExceptionFilter {
    catch() {
      return 'global filter';
    }
  }
  @Injectable()
  @UseFilters(ReplyingFilter)
  class Filtered {
    @MessageMapping('ws') @UseFilters(WsFilter) ws(_body: { a: number }) {
      throw new WsException('gateway');
    }
    @MessageMapping('http') @UseFilters(WsFilter) http() {
      throw new ForbiddenException('no');
    }
    @MessageMapping('handled') handled() {
      throw new BadRequestException(new BaseError('x'));
    }
    @MessageMapping('none') none() {
      throw new Error('none');
    }
    @MessageMapping('throws') @UseFilters(ThrowingFilter) throws() {
      throw new Error('first');
    }
    @MessageMapping('base') @UseFilters(BaseWsExceptionFilter) base() {
      throw new WsException('gateway habit');
    }
    @MessageMapping('arg/{id}') @UseFilters(WsFilter) arg(
      @Header('x', { pipes: [common.ParseIntPipe] }) x: number,
    ) {
      return x;
    }
  }
  const start = async (options = {}) =>
    (app = await HandlerApp.start({ providers: [Filtered] }, options));

  it('of method and class take what no exception handler takes', async () => {
    await start();
    expect(await app.exchange('/app/ws', { a: 1 })).toEqual([]);
    expect(seen).toEqual([['gateway', 's1', { a: 1 }, '/ws', 'ws']]);
  });

  it('answer the session of the sender by what they return', async () => {
    await start();
    const [reply] = await app.exchange('/app/http');
    expect(reply).toMatchObject({
      destination: '/user/s1/queue/errors',
      sessionId: 's1',
      body: { status: 403 },
    });
  });

  it('know the exceptions of pipes', async () => {
    await start();
    expect(await app.ask('/app/arg/1', '', { x: 'y' })).toEqual({ status: 400 });
  });

  it('made for gateways reach the client by emit', async () => {
    await start();
    expect(await app.ask('/app/base', 'x')).toMatchObject({
      status: 'error',
      message: 'gateway habit',
    });
  });

  it('that throw leave it to the policy', async () => {
    await start({ onUnhandledError: 'errorQueue' });
    expect(await app.ask('/app/throws')).toMatchObject({ message: 'Internal server error' });
  });

  it('bound globally are asked only if they shall be', async () => {
    const configure = (nest: any) => nest.useGlobalFilters(new GlobalFilter());
    await start({ configure });
    expect(await app.exchange('/app/none')).toEqual([]);
    await app.close();
    await start({ configure, applyGlobalFilters: true });
    expect(await app.ask('/app/none')).toBe('global filter');
  });
});

describe('the unhandled', () => {
  @Injectable()
  class Unhandled {
    @MessageMapping('{kind}') fail(@Header('simpDestination') destination: string) {
      throw make(destination.split('/').at(-1)!);
    }
    @MessageMapping('later/{kind}') async later() {
      await Promise.resolve();
      throw new Error('secret');
    }
  }
  const start = async (options = {}) =>
    (app = await HandlerApp.start({ providers: [Unhandled] }, options));

  it('is only logged by default', async () => {
    await start();
    expect(app.send('/app/unhandled')).toBe(true);
    await done(app.send('/app/later/x'));
    expect(app.replies).toEqual([]);
  });

  it('fails the message that asked for a receipt, without a word about the cause', async () => {
    await start();
    expect(() => app.send('/app/unhandled', '', { receipt: 'r' })).toThrow(
      UnhandledMessageException,
    );
    expect(() => app.send('/app/unhandled', '', { receipt: 'r' })).toThrow('Internal server error');
    await expect(done(app.send('/app/later/x', '', { receipt: 'r' }))).rejects.toMatchObject({
      message: 'Internal server error',
      closeCode: 1011,
      cause: expect.objectContaining({ message: 'secret' }),
    });
  });

  it('goes to the error queue of the session if it shall', async () => {
    await start({ onUnhandledError: 'errorQueue' });
    const kinds = ['unhandled', 'forbidden', 'ws', 'stomp'];
    const bodies = [];
    for (const kind of kinds) bodies.push(await app.ask(`/app/${kind}`));
    expect(bodies).toEqual([
      { message: 'Internal server error', destination: '/app/unhandled' },
      { status: 403, message: 'not you', destination: '/app/forbidden' },
      { message: 'ws text', destination: '/app/ws' },
      { code: 'STOMP_ERR_X', message: 'stomp text', destination: '/app/stomp' },
    ]);
    expect(app.replies[0]).toMatchObject({ destination: '/user/s1/queue/errors', sessionId: 's1' });
  });

  it('closes the session if it shall', async () => {
    await start({ onUnhandledError: 'close' });
    expect(() => app.send('/app/forbidden')).toThrow(
      expect.objectContaining({ message: 'not you', closeCode: 1008 }),
    );
    expect(() => app.send('/app/ws')).toThrow(
      expect.objectContaining({ message: 'ws text', closeCode: 1002 }),
    );
    expect(() => app.send('/app/unhandled')).toThrow(expect.objectContaining({ closeCode: 1011 }));
  });
});

describe('what a client is told', () => {
  @Injectable()
  class Told {
    @MessageMapping('number/{id}') number(@DestinationVariable('id') id: number) {
      return id;
    }
    @MessageMapping('json') json(body: object) {
      return body;
    }
    @MessageMapping('empty') empty(body: string) {
      return body;
    }
    @MessageMapping('list') list() {
      throw new BadRequestException(['one', 'two']);
    }
  }

  it('is what is wrong, without names of classes and methods', async () => {
    app = await HandlerApp.start({ providers: [Told] }, { onUnhandledError: 'errorQueue' });
    const told = async (destination: string, body?: string) => await app.ask(destination, body);
    expect(await told('/app/number/x')).toEqual({
      code: 'STOMP_ERR_ARGUMENT_CONVERSION',
      message: `Cannot convert destination variable 'id': "x" is not a number`,
      destination: '/app/number/x',
    });
    expect((await told('/app/json', 'x')).message).not.toContain('Told');
    expect(await told('/app/empty')).toEqual({
      code: 'STOMP_ERR_ARGUMENT_NOT_VALID',
      message: 'Not valid: Payload value must not be empty',
      errors: [{ field: '', message: 'Payload value must not be empty' }],
      destination: '/app/empty',
    });
    expect(await told('/app/list')).toEqual({
      status: 400,
      message: 'one; two',
      destination: '/app/list',
    });
  });
});
