import { JsonMessageConverter } from '../../../lib/message/index.js';
import { message } from './verbs.js';

const read = (body: string, type: unknown): unknown =>
  new JsonMessageConverter().fromMessage(message(body, 'application/json'), type);

describe('a String argument', () => {
  it('gets a JSON string unwrapped', () => {
    expect(read('"q"', String)).toBe('q');
  });

  it('gets another scalar as text', () => {
    expect(read(' 1.0 ', String)).toBe('1.0');
    expect(read('true', String)).toBe('true');
  });

  it('gets an object as its text', () => {
    expect(read('{"a": 1}', String)).toBe('{"a": 1}');
  });
});

it('refuses JSON null for every type', () => {
  for (const type of [String, Number, Boolean, Object, Array, Date, undefined, class Order {}])
    expect(() => read('null', type)).toThrow(/^Could not read JSON: the payload is null/);
});

it('reads scalars of the type asked for, also when given as text', () => {
  expect(read('41', Number)).toBe(41);
  expect(read('"-4.5e1"', Number)).toBe(-45);
  expect(read('false', Boolean)).toBe(false);
  expect(read('"true"', Boolean)).toBe(true);
  expect(read('"2024-01-02T03:04:05Z"', Date)).toEqual(new Date('2024-01-02T03:04:05Z'));
});

it.each([
  ['1.', 1],
  ['.5', 0.5],
  [' +1.5E-3 ', 0.0015],
  ['-0', -0],
  ['1'.repeat(300), Number('1'.repeat(300))],
])('reads the text "%s" as a number', (text, number) => {
  expect(read(JSON.stringify(text), Number)).toBe(number);
});

it.each(['.', '1.2.3', '1e', '1e5.', '1 2', '--1', '0x1', 'Infinity', `${'1'.repeat(300)}x`])(
  'does not take the text "%s" for a number',
  (text) => {
    expect(() => read(JSON.stringify(text), Number)).toThrow('string, not Number');
  },
);

it.each([
  ['"abc"', Number, 'string, not Number'],
  ['""', Number, 'string, not Number'],
  ['true', Number, 'boolean, not Number'],
  ['1', Boolean, 'number, not Boolean'],
  ['"x"', Date, 'string, not Date'],
  ['{}', Array, 'object, not Array'],
  ['[1]', class Person {}, 'array, not Person'],
  ['"x"', class Person {}, 'string, not Person'],
])('refuses %s for another type', (body, type, text) => {
  expect(() => read(body, type)).toThrow(`Could not read JSON: the payload is ${text}`);
});

it('says that a payload is not well-formed without repeating it', () => {
  expect(() => read('{"secret":', Object)).toThrow(
    /^Could not read JSON: the payload is not well-formed$/,
  );
});

it('skips a byte order mark', () => {
  expect(read('\ufeff{}', Object)).toEqual({});
});

describe('keys that could change a prototype', () => {
  const merge = (target: any, source: any): any => {
    for (const key of Object.keys(source)) {
      if (typeof source[key] === 'object') merge((target[key] ??= {}), source[key]);
      else target[key] = source[key];
    }
    return target;
  };

  it.each([
    '{"__proto__":{"polluted":true},"a":1}',
    String.raw`{"\u005f_proto_\u005F":{"polluted":true},"a":1}`,
    String.raw`{"__prot\u006F__" : {"polluted":true},"a":1}`,
    '{"constructor":{"prototype":{"polluted":true}},"a":1}',
    String.raw`{"c\u006fnstructor":{"prototype":{"polluted":true}},"a":1}`,
  ])('are left out of %s', (body) => {
    const value = read(body, Object);
    merge({}, value);
    expect(({} as any).polluted).toBeUndefined();
    expect(value).toEqual({ a: 1 });
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  it('does not mind the words elsewhere', () => {
    expect(read('{"constructor":"Renault","text":"__proto__"}', Object)).toEqual({
      constructor: 'Renault',
      text: '__proto__',
    });
  });

  it('refuses endless nesting behind them without harm', () => {
    const deep = `{"__proto__":${'['.repeat(60_000)}`;
    expect(() => read(deep, Object)).toThrow('not well-formed');
    const nested = `{"__proto__":1,"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
    expect(() => read(nested, Object)).toThrow('not well-formed');
  });
});
