import { DefaultValuePipe, Injectable, UsePipes, ValidationPipe } from '@nestjs/common';
import { MessageBody } from '@nestjs/websockets';
import { IsInt, IsString, Max, MinLength, ValidateNested, IsOptional } from 'class-validator';
import { Type } from 'class-transformer';
import {
  Header,
  MessageConversionException,
  MessageExceptionHandler,
  MessageMapping,
  MethodArgumentConversionException,
  MethodArgumentNotValidException,
  MissingArgumentException,
  Payload,
  SendTo,
} from 'nestjs-stomp';
import * as common from '@nestjs/common';
import { z } from 'zod';
import { HandlerApp } from '../handler-app.js';

class Street {
  @IsString() @MinLength(2) street!: string;
}
class Order {
  @IsString() ticker!: string;
  @IsInt() @Max(100) shares!: number;
  @IsOptional() @ValidateNested() @Type(() => Street) address?: Street;
  get total() {
    return this.shares * 2;
  }
}
const schema = z.object({ name: z.string().min(1), age: z.coerce.number().max(150) });

@Injectable()
@SendTo('/topic/out')
class Payloads {
  @MessageMapping('object') object(order: Order) {
    return { order, isOrder: order instanceof Order };
  }
  @MessageMapping('text') text(text: string) {
    return { text };
  }
  @MessageMapping('octets') octets(body: Buffer) {
    return { hex: body.toString('hex'), isBuffer: Buffer.isBuffer(body) };
  }
  @MessageMapping('uint8') uint8(body: Uint8Array) {
    return body;
  }
  @MessageMapping('number') number(value: number) {
    return { value };
  }
  @MessageMapping('big') big(value: bigint) {
    return { value: `${value}n` };
  }
  @MessageMapping('big-of') bigOf(@Payload('n') n: bigint) {
    return { value: `${n}n` };
  }
  @MessageMapping('list') list(@Payload() list: { id: number }[]) {
    return list.reduce((sum, { id }) => sum + id, 0);
  }
  @MessageMapping('property') property(@Payload('name') name: string) {
    return { name };
  }
  @MessageMapping('amount') amount(@Payload('amount') amount: number) {
    return { amount };
  }
  @MessageMapping('amount-or-5') amountOr5(@Payload('amount', { defaultValue: 5 }) n: number) {
    return { n };
  }
  @MessageMapping('street') street(@Payload('street', { required: false }) street?: Street) {
    return { street: street ?? null };
  }
  @MessageMapping('of-nest') ofNest(@MessageBody('name') name: string) {
    return { name: name ?? null };
  }
  @MessageMapping('or-seven') orSeven(@Payload({ defaultValue: '7' }) n: number) {
    return { n };
  }
  @MessageMapping('or-piped') orPiped(@Payload(new DefaultValuePipe('x')) text: string) {
    return { text };
  }
  @MessageMapping('optional-order') optionalOrder(
    @Payload({ required: false }, new ValidationPipe()) order?: Order,
  ) {
    return { order: order ?? null };
  }
  @MessageMapping('optional-schema') optionalSchema(
    @Header('age', { required: false, schema: schema.shape.age }) age?: number,
  ) {
    return { age: age ?? null };
  }
  @MessageMapping('typed') typed(
    @Payload({ type: Order }, new ValidationPipe()) order: Order | string,
  ) {
    return order;
  }
  @MessageMapping('unknown') unknown(@Payload() body: unknown) {
    return { isBuffer: Buffer.isBuffer(body) };
  }
  @MessageMapping('optional') optional(@Payload({ required: false }) text?: string) {
    return { text: text ?? null };
  }
  @MessageMapping('default') default(@Payload({ defaultValue: 'none' }) text: string) {
    return text;
  }
  @MessageMapping('validated') validated(
    @Payload(new ValidationPipe({ transform: true })) order: Order,
  ) {
    return { total: order.total };
  }
  @MessageMapping('undecorated')
  @UsePipes(new ValidationPipe({ transform: true }))
  undecorated(order: Order) {
    return { total: order.total };
  }
  @MessageMapping('quiet')
  quiet(@Payload(new ValidationPipe({ disableErrorMessages: true })) order: Order) {
    return order;
  }
  @MessageMapping('schema') schema(@Payload({ schema }) person: z.infer<typeof schema>) {
    return person;
  }
  @MessageExceptionHandler() @SendTo('/topic/failed') invalid(
    error: MethodArgumentNotValidException,
  ) {
    const { fields, errors, cause, message } = error;
    return {
      fields,
      errors,
      cause: (cause as object | undefined)?.constructor.name ?? null,
      message,
    };
  }
  @MessageExceptionHandler([MissingArgumentException, MethodArgumentConversionException])
  @SendTo('/topic/failed')
  missing({ message }: Error) {
    return { missing: message };
  }
  @MessageExceptionHandler() @SendTo('/topic/failed') conversion(
    error: MessageConversionException,
  ) {
    return { conversion: error.message, type: error.constructor.name };
  }
}

describe('payload', () => {
  let app: HandlerApp;
  beforeEach(async () => {
    app = await HandlerApp.start({ providers: [Payloads] });
  });
  afterEach(() => app.close());

  it('is converted to the declared type', async () => {
    expect(await app.ask('/app/object', { ticker: 'M', shares: 1 })).toEqual({
      order: { ticker: 'M', shares: 1 },
      isOrder: false,
    });
    expect(await app.ask('/app/text', 'hi')).toEqual({ text: 'hi' });
    expect(await app.ask('/app/text', '"hi"', { 'content-type': 'application/json' })).toEqual({
      text: 'hi',
    });
    expect(await app.ask('/app/number', '41')).toEqual({ value: 41 });
    expect(await app.ask('/app/list', [{ id: 1 }, { id: 2 }])).toBe(3);
    expect(await app.ask('/app/property', { name: 'x' })).toEqual({ name: 'x' });
  });

  it('is octets for Buffer and Uint8Array, whatever its content-type', async () => {
    expect(await app.ask('/app/octets', Buffer.from([1, 0, 255]))).toEqual({
      hex: '0100ff',
      isBuffer: true,
    });
    const [reply] = await app.exchange('/app/uint8', Buffer.from([1, 0]), {
      'content-type': 'text/plain',
    });
    expect(reply).toMatchObject({
      contentType: 'application/octet-stream',
      body: Buffer.from([1, 0]),
    });
  });

  it('is the bigint that was written, or an error', async () => {
    for (const text of ['9007199254740993', '"9007199254740993"', '" +9007199254740993 "'])
      expect(await app.ask('/app/big', text)).toEqual({ value: '9007199254740993n' });
    expect(await app.ask('/app/big', '1e3')).toEqual({ value: '1000n' });
    for (const text of ['1.5', '1e30', '[1]', '"x"', 'true', '9'.repeat(4097)])
      expect(await app.ask('/app/big', text)).toMatchObject({
        conversion: expect.stringMatching(/the payload is \w+, not BigInt/),
      });
    expect(await app.ask('/app/big-of', '{"n":"9007199254740993"}')).toEqual({
      value: '9007199254740993n',
    });
    expect(await app.ask('/app/big-of', '{"n":41}')).toEqual({ value: '41n' });
    expect(await app.ask('/app/big-of', '{"n":9007199254740993}')).toMatchObject({
      missing: expect.stringMatching(
        /^Cannot convert property 'n' of the payload: a number beyond 9007199254740991 is not read exactly, send it as a text/,
      ),
    });
  });

  it('that does not convert goes to the exception handlers', async () => {
    expect(await app.ask('/app/object', '{"a"')).toMatchObject({
      conversion: expect.stringMatching(
        /JSON.*, parameter 0 \(order\) of Payloads.object, destination "/,
      ),
      type: 'PayloadConversionException',
    });
    expect(await app.ask('/app/object', '{}', { 'content-type': 'text/html' })).toMatchObject({
      conversion: expect.stringContaining("content-type 'text/html'"),
    });
  });

  it('must not be empty unless it is optional', async () => {
    expect(await app.ask('/app/text')).toEqual({
      fields: [],
      errors: [{ field: '', message: 'Payload value must not be empty' }],
      cause: null,
      message:
        'Not valid: Payload value must not be empty, parameter 0 (text) of Payloads.text, destination "/app/text"',
    });
    expect(await app.ask('/app/optional')).toEqual({ text: null });
    expect(await app.ask('/app/optional', 'x')).toEqual({ text: 'x' });
    expect(await app.ask('/app/default')).toBe('none');
  });

  it('gives one property, converted and checked as any argument', async () => {
    expect(await app.ask('/app/amount', { amount: '41' })).toEqual({ amount: 41 });
    for (const body of [{}, { amount: null }, [1], undefined])
      expect(await app.ask('/app/amount', body)).toMatchObject({
        missing: expect.stringMatching(
          /^Missing property 'amount' of the payload, parameter 0 \(amount\) of Payloads.amount/,
        ),
      });
    expect(await app.ask('/app/amount', { amount: 'abc' })).toMatchObject({
      missing: expect.stringContaining('"abc" is not a number'),
    });
    expect(await app.ask('/app/amount-or-5', {})).toEqual({ n: 5 });
    expect(await app.ask('/app/amount-or-5')).toEqual({ n: 5 });
    expect(await app.ask('/app/street', { street: { street: 'x' } })).toEqual({
      street: { street: 'x' },
    });
    expect(await app.ask('/app/street', {})).toEqual({ street: null });
  });

  it('gives undefined for a missing property to @MessageBody(), as gateways do', async () => {
    expect(await app.ask('/app/of-nest', {})).toEqual({ name: null });
  });

  it('has its default converted, by whatever gives it', async () => {
    expect(await app.ask('/app/or-seven')).toEqual({ n: 7 });
    expect(await app.ask('/app/or-piped')).toEqual({ text: 'x' });
  });

  it('is not validated when it may be missing, and is', async () => {
    expect(await app.ask('/app/optional-order')).toEqual({ order: null });
    expect(await app.ask('/app/optional-schema')).toEqual({ age: null });
    expect(await app.ask('/app/optional-order', { ticker: 5 })).toMatchObject({
      fields: ['shares', 'ticker'],
    });
    expect(await app.ask('/app/optional-schema', 'x', { age: '200' })).toMatchObject({
      errors: [expect.anything()],
    });
  });

  it('is validated as the type that the decorator names', async () => {
    expect(await app.ask('/app/typed', { ticker: 5 })).toMatchObject({
      fields: ['shares', 'ticker'],
    });
  });

  it('of octets is octets for unknown', async () => {
    const headers = { 'content-type': 'application/octet-stream' };
    expect(await app.ask('/app/unknown', 'x', headers)).toEqual({ isBuffer: true });
  });

  it('becomes an instance of its class in a ValidationPipe with transform', async () => {
    expect(await app.ask('/app/validated', { ticker: 'M', shares: 4 })).toEqual({ total: 8 });
    expect(await app.ask('/app/undecorated', { ticker: 'M', shares: 4 })).toEqual({ total: 8 });
  });

  it('that fails validation carries its field errors', async () => {
    const wrong = { ticker: 5, shares: 101, address: { street: 'x' } };
    for (const destination of ['/app/validated', '/app/undecorated'])
      expect(await app.ask(destination, wrong)).toMatchObject({
        fields: ['address.street', 'shares', 'ticker'],
        errors: expect.arrayContaining([
          { field: 'shares', message: 'shares must not be greater than 100' },
        ]),
        cause: 'BadRequestException',
      });
  });

  it('hides messages that the pipe hides', async () => {
    const { errors } = await app.ask('/app/quiet', { ticker: 'x', shares: 101 });
    expect(errors).toEqual([{ field: 'shares', message: 'is not valid' }]);
  });

  it('is validated by a schema, whose output the handler gets', async () => {
    expect(await app.ask('/app/schema', { name: 'x', age: '5' })).toEqual({ name: 'x', age: 5 });
    expect(await app.ask('/app/schema', { name: '', age: 200 })).toMatchObject({
      fields: ['age', 'name'],
    });
  });

  // Nest 12 has a pipe for it.
  const { StandardSchemaValidationPipe } = common as {
    StandardSchemaValidationPipe?: new () => any;
  };
  if (StandardSchemaValidationPipe)
    it('is validated by a StandardSchemaValidationPipe', async () => {
      await app.close();
      app = await HandlerApp.start(
        { providers: [Payloads] },
        { configure: (nest: any) => nest.useGlobalPipes(new StandardSchemaValidationPipe()) },
      );
      expect(await app.ask('/app/schema', { name: 'x', age: '5' })).toEqual({ name: 'x', age: 5 });
      expect(await app.ask('/app/schema', { name: '', age: 200 })).toMatchObject({
        fields: ['age', 'name'],
        cause: 'BadRequestException',
      });
    });
});
