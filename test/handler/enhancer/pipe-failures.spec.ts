import * as common from '@nestjs/common';
import {
  BadRequestException,
  Body,
  Controller,
  ParseArrayPipe,
  Post,
  ValidationPipe,
  type ArgumentMetadata,
  type INestApplication,
  type PipeTransform,
} from '@nestjs/common';
import { IsInt } from 'class-validator';
import {
  Header,
  MessageExceptionHandler,
  MessageMapping,
  MethodArgumentException,
  MethodArgumentNotValidException,
  Payload,
  SendTo,
} from 'nestjs-stomp';
import { HandlerApp } from '../handler-app.js';

class Item {
  @IsInt() id!: number;
}

/** Keeps what only its own objects have. */
class PrivatePipe extends ValidationPipe {
  #calls = 0;
  override transform(value: unknown, metadata: ArgumentMetadata) {
    this.#calls++;
    return super.transform(value, metadata);
  }
}

/** An application's own: its factory is told more than one thing, and anything. */
class OwnPipe implements PipeTransform {
  constructor(private readonly told: unknown) {}
  exceptionFactory = (_: unknown, { data, type }: ArgumentMetadata) =>
    new BadRequestException(`bad ${data ?? type}`);
  transform(_: unknown, metadata: ArgumentMetadata): unknown {
    throw this.exceptionFactory(this.told, metadata);
  }
}

const numbers = new ParseArrayPipe({ items: Number, stopAtFirstError: false });
const own = new OwnPipe('nope');
const frozen = Object.freeze(new ValidationPipe());
const promised = (async () => {
  await Promise.resolve();
  return new BadRequestException('ours');
}) as any;

@Controller()
@MessageMapping()
class Items {
  @Post('numbers') ofHttp(@Body('ids', numbers) ids: number[]) {
    return ids;
  }
  @Post('own') ownOfHttp(@Body(own) body: unknown) {
    return body;
  }
  @MessageMapping('numbers') numbers(@Header('ids', numbers) ids: number[]) {
    return ids;
  }
  @MessageMapping('own') own(@Payload(own) body: unknown) {
    return body;
  }
  @MessageMapping('odd') odd(@Payload(new OwnPipe([{ children: 5 }])) body: unknown) {
    return body;
  }
  @MessageMapping('first') first(@Payload(new ParseArrayPipe({ items: Item })) items: Item[]) {
    return items;
  }
  @MessageMapping('all') all(
    @Payload(new ParseArrayPipe({ items: Item, stopAtFirstError: false })) items: Item[],
  ) {
    return items;
  }
  @MessageMapping('promised') promised(
    @Payload(new ValidationPipe({ exceptionFactory: promised })) item: Item,
  ) {
    return item;
  }
  @MessageMapping('private') private(@Payload(new PrivatePipe()) item: Item) {
    return item;
  }
  @MessageMapping('frozen') frozen(@Payload(frozen) item: Item) {
    return item;
  }

  @MessageExceptionHandler(MethodArgumentException) @SendTo('/topic/failed') failed(
    error: MethodArgumentException,
  ) {
    const errors = error instanceof MethodArgumentNotValidException ? error.errors : undefined;
    return { reason: error.reason, errors, cause: (error.cause as Error).message };
  }
  @MessageExceptionHandler() @SendTo('/topic/failed') other(error: Error) {
    return { other: error.constructor.name, message: error.message };
  }
}

const idError = { field: 'id', message: 'id must be an integer number' };

describe('a pipe', () => {
  let app: HandlerApp;
  const unbound = (numbers as any).exceptionFactory as unknown;
  beforeAll(async () => {
    app = await HandlerApp.start({ controllers: [Items] });
  });
  afterAll(() => app.close());

  it('of Nest is not changed by being bound to a handler', () => {
    expect((numbers as any).exceptionFactory).toBe(unbound);
  });

  it('refuses an HTTP request as ever when a handler has the same one', async () => {
    const http = app.app as INestApplication;
    await http.listen(0, '127.0.0.1');
    const post = async (path: string) => {
      const response = await fetch(`${await http.getUrl()}/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', connection: 'close' },
        body: '{"ids":[1,"b"]}',
      });
      return [response.status, ((await response.json()) as { message: unknown }).message];
    };
    expect(await post('numbers')).toEqual([400, ['[1] item must be a number']]);
    expect(await post('own')).toEqual([400, 'bad body']);
  });

  it('of items tells all that are wrong, of whatever type', async () => {
    expect(await app.ask('/app/numbers', 'x', { ids: 'a,1,b' })).toMatchObject({
      errors: [
        { field: '', message: '[0] item must be a number' },
        { field: '', message: '[2] item must be a number' },
      ],
    });
    expect(await app.ask('/app/all', [{ id: 'a' }, { id: 'b' }])).toMatchObject({
      errors: [
        { field: '', message: '[0] id must be an integer number' },
        { field: '', message: '[1] id must be an integer number' },
      ],
    });
  });

  it('of items that stops at the first tells what is wrong with its fields', async () => {
    expect(await app.ask('/app/first', [{ id: 'a' }])).toMatchObject({ errors: [idError] });
  });

  // Nest 12 waits for it.
  if ('StandardSchemaValidationPipe' in common)
    it('may make its exception asynchronously', async () => {
      expect(await app.ask('/app/promised', { id: 'a' })).toMatchObject({
        errors: [idError],
        cause: 'ours',
      });
    });

  it('may have private fields, or be frozen', async () => {
    expect(await app.ask('/app/private', { id: 'a' })).toMatchObject({ errors: [idError] });
    expect(await app.ask('/app/frozen', { id: 'a' })).toMatchObject({ errors: [idError] });
  });

  it('of the application gets all that it tells its exception factory', async () => {
    expect(await app.ask('/app/own', {})).toEqual({
      reason: 'Cannot convert payload: nope',
      cause: 'bad body',
    });
  });

  it('of the application that tells its factory nothing we know fails with its own exception', async () => {
    expect(await app.ask('/app/odd', {})).toEqual({
      other: 'BadRequestException',
      message: 'bad body',
    });
  });
});
