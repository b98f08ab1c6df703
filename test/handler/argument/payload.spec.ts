import { Injectable, UsePipes, ValidationPipe } from '@nestjs/common';
import { IsInt, IsString, Max, MinLength, ValidateNested, IsOptional } from 'class-validator';
import { Type } from 'class-transformer';
import {
  MessageConversionException,
  MessageExceptionHandler,
  MessageMapping,
  MethodArgumentNotValidException,
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
  @MessageMapping('list') list(@Payload() list: { id: number }[]) {
    return list.reduce((sum, { id }) => sum + id, 0);
  }
  @MessageMapping('property') property(@Payload('name') name: string) {
    return { name };
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
