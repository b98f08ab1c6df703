import { ConversionFailure, convertValue } from '../../../lib/handler/argument/type-conversion.js';

const fails = (value: unknown, type: unknown) =>
  expect(() => convertValue(value, type)).toThrow(ConversionFailure);

describe('convertValue', () => {
  it('takes decimal, exponent, signed and hexadecimal texts for numbers', () => {
    const texts = ['41', ' 8 ', '-5', '+3', '0.5', '.5', '1e3', '0x10', '-0x10', '007'];
    const values = [41, 8, -5, 3, 0.5, 0.5, 1000, 16, -16, 7];
    expect(texts.map((text) => convertValue(text, Number))).toEqual(values);
    for (const text of ['', 'abc', 'NaN', 'Infinity', '1,5', '0x', '1 2']) fails(text, Number);
  });

  it('takes whole numbers of 32 bits for int', () => {
    const texts = ['41', ' 8 ', '-5', '+3', '0x10', '007', '2147483647', '-2147483648'];
    const values = [41, 8, -5, 3, 16, 7, 2147483647, -2147483648];
    expect(texts.map((text) => convertValue(text, 'int'))).toEqual(values);
    for (const text of ['', '1.5', '1e3', '2147483648', '-2147483649', '0xffffffff'])
      fails(text, 'int');
  });

  it('takes true, on, yes, 1 and their opposites in any case for booleans', () => {
    for (const text of ['true', 'ON', 'Yes', '1']) expect(convertValue(text, Boolean)).toBe(true);
    for (const text of ['false', 'off', 'NO', '0']) expect(convertValue(text, Boolean)).toBe(false);
    for (const text of ['', 'maybe', '2']) fails(text, Boolean);
  });

  it('makes dates of ISO texts and milliseconds', () => {
    expect(convertValue('2020-01-02T03:04:05Z', Date)).toEqual(new Date('2020-01-02T03:04:05Z'));
    expect(convertValue('1577934245000', Date)).toEqual(new Date(1577934245000));
    fails('yesterday', Date);
  });

  it('makes bigints', () => {
    expect(convertValue(' 9007199254740993 ', BigInt)).toBe(9007199254740993n);
    expect(convertValue(-9007199254740991, BigInt)).toBe(-9007199254740991n);
    for (const value of ['1.5', 1.5, '', true, '9'.repeat(4097)]) fails(value, BigInt);
  });

  it('makes no bigint of a number that is no longer what it was written as', () => {
    for (const value of [9007199254740993, [2 ** 60], -(2 ** 53)])
      expect(() => convertValue(value, BigInt)).toThrow('send it as a text');
  });

  it('joins lists for texts and splits texts for lists', () => {
    expect(convertValue(['a', 'b'], String)).toBe('a,b');
    expect(convertValue('a, b', Array)).toEqual(['a', 'b']);
    expect(convertValue('', Array)).toEqual([]);
    expect(convertValue(['a'], Array)).toEqual(['a']);
  });

  it('leaves values alone when nothing is known about the type', () => {
    expect(convertValue('5', Object)).toBe('5');
    expect(convertValue(['5'], undefined)).toEqual(['5']);
  });

  it('passes an instance of the class, and knows no way to make one', () => {
    class Id {}
    const id = new Id();
    expect(convertValue(id, Id)).toBe(id);
    expect(() => convertValue('5', Id)).toThrow('no conversion to Id is known, use a pipe');
  });
});
