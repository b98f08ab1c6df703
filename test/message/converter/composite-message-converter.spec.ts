import {
  CompositeMessageConverter,
  MessageConversionException,
  type MessageConverter,
} from '../../../lib/message/index.js';
import { headers, message } from './verbs.js';

class Order {}

const converter = CompositeMessageConverter.of();
const read = (body: string | Buffer, contentType: string | undefined, type: unknown): unknown =>
  converter.convertFrom(message(body, contentType), type);
const write = (payload: unknown, contentType?: string): [body: string, contentType: string] => {
  const converted = converter.convertTo(payload, headers(contentType));
  return [converted.payload.toString(), converted.contentType];
};

describe('reading', () => {
  it('gives the text of text/plain to a String', () => {
    expect(read('{"a":1}', 'text/plain', String)).toBe('{"a":1}');
  });

  it('gives the text to a String when there is no content-type', () => {
    expect(read('hello', undefined, String)).toBe('hello');
  });

  it('takes an empty content-type for none', () => {
    expect(read('a', '', String)).toBe('a');
    expect(read('{}', '', Object)).toEqual({});
    expect(write('a', '')).toEqual(['a', 'text/plain;charset=UTF-8']);
  });

  it('gives an empty text to a String', () => {
    expect(read('', undefined, String)).toBe('');
  });

  it('honours the charset of the content-type', () => {
    expect(read(Buffer.from([0x7a, 0x6f, 0xeb]), 'text/plain;charset=ISO-8859-1', String)).toBe(
      'zoë',
    );
    expect(read(Buffer.from('zoë', 'utf16le'), 'text/plain; charset="utf-16le"', String)).toBe(
      'zoë',
    );
    expect(read(Buffer.from([0, 0x7a]), 'text/plain;charset=UTF-16', String)).toBe('z');
  });

  it('names a charset it does not know', () => {
    expect(() => read('x', 'text/plain;charset=klingon', String)).toThrow(
      "Charset 'klingon' is not supported",
    );
  });

  it('refuses a String from a content-type that is neither text/plain nor JSON', () => {
    expect(() => read('<p>', 'text/html', String)).toThrow(
      "Cannot convert the payload to String: content-type 'text/html', destination '/app/x', " +
        'converters [StringMessageConverter, ByteArrayMessageConverter, JsonMessageConverter]',
    );
  });

  it('gives octets to Buffer and Uint8Array whatever the content-type is', () => {
    expect(read('zoë', 'text/plain', Buffer)).toEqual(Buffer.from('zoë'));
    expect(read('zoë', 'not a type', Uint8Array)).toBeInstanceOf(Uint8Array);
    expect(read('', undefined, Buffer)).toHaveLength(0);
  });

  it('reads JSON for an object without a content-type, and for every JSON type', () => {
    for (const contentType of [undefined, 'application/json', 'application/problem+json;v=1'])
      expect(read('{"a":[1,null]}', contentType, Order)).toEqual({ a: [1, null] });
  });

  it('refuses an object from text/plain', () => {
    expect(() => read('{"a":1}', 'text/plain', Order)).toThrow(MessageConversionException);
    expect(() => read('{"a":1}', 'text/plain', Object)).toThrow(MessageConversionException);
  });

  it('decides by the content-type when the handler says nothing about the type', () => {
    expect(read('1', undefined, undefined)).toBe('1');
    expect(read('1', 'text/plain', undefined)).toBe('1');
    expect(read('1', 'application/json', undefined)).toBe(1);
    expect(read('1', 'application/octet-stream', undefined)).toEqual(Buffer.from('1'));
  });

  it('reports a malformed content-type in clear words', () => {
    for (const bad of [
      'text',
      'text/',
      '/plain',
      'a/b/c',
      'text/plain;charset',
      'a b/c',
      'text/plain;=x',
    ])
      expect(() => read('x', bad, String)).toThrow(
        /^Invalid content-type ".*": expected type\/subtype/,
      );
  });

  it('parses an absurd content-type without hanging', () => {
    const absurd = `text/plain${';a="'.repeat(20_001)}`;
    expect(() => read('x', absurd, String)).toThrow(MessageConversionException);
    expect(read('x', `text/plain${' '.repeat(20_000)};charset=utf-8`, String)).toBe('x');
  });
});

describe('writing', () => {
  it('writes a string as text/plain', () => {
    expect(write('zoë')).toEqual(['zoë', 'text/plain;charset=UTF-8']);
    expect(write('')).toEqual(['', 'text/plain;charset=UTF-8']);
  });

  it('writes a string under the content-type asked for', () => {
    expect(write('<p>', 'text/html')).toEqual(['<p>', 'text/html']);
  });

  it('writes a string in the charset asked for', () => {
    const { payload } = converter.convertTo('ë', headers('text/plain;charset=ISO-8859-1'));
    expect([...payload]).toEqual([0xeb]);
    expect([...converter.convertTo('ë', headers('text/plain;charset=UTF-16')).payload]).toEqual([
      0xfe, 0xff, 0, 0xeb,
    ]);
  });

  it('writes a string as a JSON string when JSON is asked for', () => {
    expect(write('a', 'application/json')).toEqual(['"a"', 'application/json']);
  });

  it('writes octets as application/octet-stream, or as asked', () => {
    expect(write(Buffer.from('a'))).toEqual(['a', 'application/octet-stream']);
    expect(write(new Uint8Array([97, 98]).subarray(1))).toEqual(['b', 'application/octet-stream']);
    expect(write(new Uint8Array([97]).buffer, 'image/png')).toEqual(['a', 'image/png']);
  });

  it('writes everything else as JSON', () => {
    expect(write({ a: 1 })).toEqual(['{"a":1}', 'application/json']);
    expect(write([1])).toEqual(['[1]', 'application/json']);
    expect(write(3)).toEqual(['3', 'application/json']);
    expect(write(false)).toEqual(['false', 'application/json']);
    expect(write({ a: 1 }, 'application/problem+json')).toEqual([
      '{"a":1}',
      'application/problem+json',
    ]);
  });

  it('names type and content-type when nothing can write the payload', () => {
    expect(() => write(new Order(), 'application/xml')).toThrow(
      "Unable to convert payload with type='Order', contentType='application/xml', " +
        'converters [StringMessageConverter, ByteArrayMessageConverter, JsonMessageConverter]',
    );
    for (const none of [null, undefined, () => 1, Symbol('x')])
      expect(() => write(none)).toThrow(/^Unable to convert payload with type=/);
  });

  it('says why an object cannot be JSON', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    expect(() => write(circular)).toThrow(/^Could not write JSON: Converting circular structure/);
    expect(() => write({ big: 1n })).toThrow(/^Could not write JSON: /);
  });
});

describe('own converters', () => {
  const csv: MessageConverter = {
    fromMessage: ({ payload, headers }, type) =>
      type === Array && headers.contentType === 'text/csv'
        ? payload.toString().split(',')
        : undefined,
    toMessage: (payload, { contentType }) =>
      contentType === 'text/csv' && Array.isArray(payload)
        ? { payload: Buffer.from(payload.join(',')), contentType }
        : undefined,
  };

  it('are asked before the defaults', () => {
    const own = CompositeMessageConverter.of([csv]);
    expect(own.convertFrom(message('a,b', 'text/csv'), Array)).toEqual(['a', 'b']);
    expect(own.convertTo(['a', 'b'], headers('text/csv')).payload.toString()).toBe('a,b');
    expect(own.convertTo(['a'], headers()).contentType).toBe('application/json');
  });

  it('stand alone when the defaults are switched off', () => {
    const own = CompositeMessageConverter.of([csv], false);
    expect(() => own.convertTo('text', headers())).toThrow(
      /^Unable to convert payload with type='string'/,
    );
  });
});
