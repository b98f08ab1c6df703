import {
  createParamDecorator,
  Injectable,
  Param,
  ParseIntPipe,
  DefaultValuePipe,
  type ExecutionContext,
} from '@nestjs/common';
import { ConnectedSocket, MessageBody } from '@nestjs/websockets';
import {
  DestinationVariable,
  Header,
  Headers,
  Message,
  MessageExceptionHandler,
  MessageHeaders,
  MessageMapping,
  MethodArgumentConversionException,
  MethodArgumentException,
  MissingArgumentException,
  Principal,
  SendTo,
  SessionAttribute,
  SimpMessageHeaderAccessor,
  StompHeaderAccessor,
  StompMessage,
  type HandlerMethodArgumentResolver,
  type SessionContext,
  type StompPrincipal,
} from 'nestjs-stomp';
import { HandlerApp, newSession } from '../handler-app.js';

const Upper = createParamDecorator((data: string | undefined, context: ExecutionContext) => {
  const message = context.getArgByIndex<Message>(2);
  const value = message.headers.native.get(data ?? 'x') ?? '';
  return `${context.getType()}:${value.toUpperCase()}`;
});
const Later = createParamDecorator(() => Promise.resolve('later'));

class Money {
  constructor(readonly cents: number) {}
}
const moneyResolver: HandlerMethodArgumentResolver = {
  supportsParameter: ({ type }) => type === Money,
  resolveArgument: (_parameter, { headers }) =>
    Promise.resolve(new Money(Number(headers.native.get('cents')))),
};

const failure = (error: MethodArgumentException) => ({
  type: error.constructor.name,
  code: error.code,
  text: error.message,
  index: error.parameterIndex,
  name: error.parameterName,
});

@Injectable()
@SendTo('/topic/out')
class Arguments {
  @MessageMapping('variables/{b}/{a}')
  variables(@DestinationVariable('a') a: string, @DestinationVariable() b: number) {
    return { a, b };
  }
  @MessageMapping('int/{id}')
  int(@DestinationVariable('id', { type: 'int' }) id: number) {
    return id;
  }
  @MessageMapping('absent/{a}')
  absent(@DestinationVariable('nope') nope: string) {
    return nope;
  }
  @MessageMapping('piped/{id}')
  piped(@DestinationVariable('id', ParseIntPipe) id: number) {
    return id;
  }
  @MessageMapping('header')
  header(@Header('x') x: string) {
    return x;
  }
  @MessageMapping('number')
  number(@Header() count: number) {
    return { count };
  }
  @MessageMapping('list')
  list(@Header('x') x: string[]) {
    return x;
  }
  @MessageMapping('optional')
  optional(@Header('x', { required: false }) x?: string) {
    return { isUndefined: x === undefined };
  }
  @MessageMapping('default')
  default(@Header('x', { defaultValue: '7' }) x: number) {
    return x;
  }
  @MessageMapping('pipe-default')
  pipeDefault(@Header('x', new DefaultValuePipe(3), ParseIntPipe) x: number) {
    return x;
  }
  @MessageMapping('built-in')
  builtIn(
    @Header('simpDestination') destination: string,
    @Header('nativeHeaders.destination') native: string,
  ) {
    return { destination, native };
  }
  @MessageMapping('headers')
  headers(@Headers() headers: Record<string, any>) {
    return { destination: headers.simpDestination, x: headers.nativeHeaders.x };
  }
  @MessageMapping('types')
  types(
    message: Message<Buffer>,
    headers: MessageHeaders,
    simp: SimpMessageHeaderAccessor,
    stomp: StompHeaderAccessor,
  ) {
    return {
      payload: message.payload.toString(),
      destination: headers.destination,
      session: simp.getSessionId(),
      command: stomp.getCommand(),
      stomp: stomp instanceof StompHeaderAccessor,
    };
  }
  @MessageMapping('converted')
  converted(@StompMessage(String) message: Message<string>) {
    return `${message.payload.length}:${message.headers.destination}`;
  }
  @MessageMapping('principal')
  principal(@Principal() user?: StompPrincipal) {
    return { name: user?.name ?? null };
  }
  @MessageMapping('known')
  known(@Principal({ required: true }) user: StompPrincipal) {
    return user.name;
  }
  @MessageMapping('attribute')
  attribute(
    @SessionAttribute('cart', { required: false }) cart: Map<string, number> | undefined,
    @SessionAttribute() tries: number,
  ) {
    return { isMap: cart instanceof Map, tries };
  }
  @MessageMapping('custom')
  custom(@Upper('y') y: string, @Upper() x: string, @Later() later: string) {
    return { y, x, later };
  }
  @MessageMapping('custom-pipe')
  customPipe(@Upper('y', { transform: (value: string) => `${value}!` }) y: string) {
    return y;
  }
  @MessageMapping('resolved')
  resolved(money: Money, body: string) {
    return { cents: money.cents, body };
  }
  @MessageMapping('gateway')
  gateway(
    @ConnectedSocket() client: SessionContext,
    @MessageBody() body: { a: number },
    @MessageBody('a') a: number,
  ) {
    return { client: client.id, body, a };
  }
  @MessageMapping('none')
  none() {
    return 'called';
  }
  @MessageExceptionHandler(MissingArgumentException, MethodArgumentConversionException)
  @SendTo('/topic/failed')
  failed(error: MethodArgumentException) {
    return failure(error);
  }
}

describe('arguments', () => {
  let app: HandlerApp;
  beforeEach(async () => {
    app = await HandlerApp.start(
      { providers: [Arguments] },
      { startupChecks: 'off', argumentResolvers: [moneyResolver] },
    );
  });
  afterEach(() => app.close());

  it('destination variables by name, or by the name of the parameter', async () => {
    expect(await app.ask('/app/variables/5/x')).toEqual({ a: 'x', b: 5 });
    expect(await app.ask('/app/int/0x10')).toBe(16);
    expect(await app.ask('/app/piped/12')).toBe(12);
  });

  it('name parameter, method and destination when a variable is missing or does not convert', async () => {
    expect(await app.ask('/app/absent/1')).toEqual({
      type: 'MissingArgumentException',
      code: 'STOMP_ERR_MISSING_ARGUMENT',
      text: `Missing destination variable 'nope', parameter 0 (nope) of Arguments.absent, destination "/app/absent/1"`,
      index: 0,
      name: 'nope',
    });
    expect(await app.ask('/app/variables/x/y')).toMatchObject({
      code: 'STOMP_ERR_ARGUMENT_CONVERSION',
      text: `Cannot convert destination variable 'b': "x" is not a number, parameter 1 (b) of Arguments.variables, destination "/app/variables/x/y"`,
    });
    expect(await app.ask('/app/piped/x')).toMatchObject({
      type: 'MethodArgumentConversionException',
      text: expect.stringContaining('numeric string is expected'),
    });
  });

  it('headers, the first of several as the frame has them, converted', async () => {
    expect(await app.ask('/app/header', '', { x: 'v' })).toBe('v');
    expect(await app.ask('/app/header', '', { x: ['a', 'b'] })).toBe('a,b');
    expect(await app.ask('/app/list', '', { x: ['a', 'b'] })).toEqual(['a', 'b']);
    expect(await app.ask('/app/list', '', { x: 'a,b' })).toEqual(['a', 'b']);
    expect(await app.ask('/app/number', '', { count: '5' })).toEqual({ count: 5 });
    expect(await app.ask('/app/header', '')).toMatchObject({
      text: expect.stringContaining("Missing header 'x'"),
    });
    expect(await app.ask('/app/number', '', { count: 'x' })).toMatchObject({
      code: 'STOMP_ERR_ARGUMENT_CONVERSION',
    });
  });

  it('optional headers and defaults, also for empty ones', async () => {
    expect(await app.ask('/app/optional')).toEqual({ isUndefined: true });
    expect(await app.ask('/app/default')).toBe(7);
    expect(await app.ask('/app/default', '', { x: '' })).toBe(7);
    expect(await app.ask('/app/default', '', { x: '8' })).toBe(8);
    expect(await app.ask('/app/pipe-default')).toBe(3);
  });

  it('message headers before those of the frame, unless asked otherwise', async () => {
    expect(await app.ask('/app/built-in', '', { simpDestination: 'mine' })).toEqual({
      destination: '/app/built-in',
      native: '/app/built-in',
    });
    expect(await app.ask('/app/headers', '', { x: '1' })).toEqual({
      destination: '/app/headers',
      x: ['1'],
    });
  });

  it('message, headers and accessors by type', async () => {
    expect(await app.ask('/app/types', 'body')).toEqual({
      payload: 'body',
      destination: '/app/types',
      session: 's1',
      command: 'SEND',
      stomp: true,
    });
    expect(await app.ask('/app/converted', 'body')).toBe('4:/app/converted');
  });

  it('the user, undefined for anonymous sessions', async () => {
    expect(await app.ask('/app/principal')).toEqual({ name: null });
    expect(await app.ask('/app/known')).toMatchObject({
      text: expect.stringContaining('Missing user'),
    });
    app.session = newSession('s2', { name: 'bob' });
    expect(await app.ask('/app/principal')).toEqual({ name: 'bob' });
    expect(await app.ask('/app/known')).toBe('bob');
  });

  it('session attributes as they are', async () => {
    expect(await app.ask('/app/attribute')).toMatchObject({
      text: expect.stringContaining("session attribute 'tries'"),
    });
    app.session.attributes.set('cart', new Map()).set('tries', 3);
    expect(await app.ask('/app/attribute')).toEqual({ isMap: true, tries: 3 });
  });

  it('own decorators made with createParamDecorator, also asynchronous and with pipes', async () => {
    expect(await app.ask('/app/custom', '', { y: 'why', x: 'ex' })).toEqual({
      y: 'ws:WHY',
      x: 'ws:EX',
      later: 'later',
    });
    expect(await app.ask('/app/custom-pipe', '', { y: 'why' })).toBe('ws:WHY!');
  });

  it('own resolvers, before the rest is taken for the payload', async () => {
    expect(await app.ask('/app/resolved', 'text', { cents: '5' })).toEqual({
      cents: 5,
      body: 'text',
    });
  });

  it('@MessageBody and @ConnectedSocket of gateways', async () => {
    expect(await app.ask('/app/gateway', { a: 1 })).toEqual({ client: 's1', body: { a: 1 }, a: 1 });
  });

  it('none for a method without parameters', async () => {
    expect(await app.ask('/app/none', 'ignored')).toBe('called');
  });
});

describe('decorators for HTTP', () => {
  it('fail at start and name the right one', async () => {
    @Injectable()
    class Wrong {
      @MessageMapping('x/{id}')
      x(@Param('id') id: string) {
        return id;
      }
    }
    await expect(HandlerApp.start({ providers: [Wrong] })).rejects.toThrow(
      'Wrong.x: parameter 0 has a decorator for HTTP requests: use @DestinationVariable() of nestjs-stomp instead of @Param()',
    );
  });

  it('cannot be mixed on one parameter', async () => {
    @Injectable()
    class Wrong {
      @MessageMapping('x/{id}')
      x(@Header('a') @DestinationVariable('id') id: string) {
        return id;
      }
    }
    await expect(HandlerApp.start({ providers: [Wrong] })).rejects.toThrow(
      'Wrong.x: parameter 0 has several decorators',
    );
  });

  it('need a name where the source gives none', async () => {
    @Injectable()
    class Wrong {
      @MessageMapping('x')
      x(@Header() { a }: any) {
        return a as string;
      }
    }
    await expect(HandlerApp.start({ providers: [Wrong] })).rejects.toThrow(
      'Wrong.x: the decorator of parameter 0 needs a name',
    );
  });
});
