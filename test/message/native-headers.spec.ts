import { inspect } from 'node:util';
import { NativeHeaders } from '../../lib/message/index.js';

describe('NativeHeaders', () => {
  const repeated = (): NativeHeaders => new NativeHeaders(['a', '1', 'b', '2', 'a', '3']);

  it('gives the first of repeated values, and all of them in order', () => {
    expect(repeated().get('a')).toBe('1');
    expect(repeated().getAll('a')).toEqual(['1', '3']);
    expect([repeated().get('A'), repeated().getAll('A'), repeated().has('A')]).toEqual([
      undefined,
      [],
      false,
    ]);
  });

  it('keeps wire order', () => {
    expect([...repeated()]).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ]);
    expect(repeated().size).toBe(3);
  });

  it('replaces all values of a name at the place of the first', () => {
    const headers = repeated();
    headers.set('a', 'x');
    expect(headers.toFlat()).toEqual(['a', 'x', 'b', '2']);
    headers.set('c', 'y');
    expect(headers.toFlat()).toEqual(['a', 'x', 'b', '2', 'c', 'y']);
  });

  it('adds and deletes', () => {
    const headers = repeated();
    headers.add('b', '4');
    headers.delete('a');
    expect(headers.toFlat()).toEqual(['b', '2', 'b', '4']);
  });

  it('is made of an object, with lists for repeated names', () => {
    expect(NativeHeaders.of({ a: ['1', '2'], b: '3' }).toFlat()).toEqual([
      'a',
      '1',
      'a',
      '2',
      'b',
      '3',
    ]);
  });

  it('becomes an object without a prototype, so that any name is safe', () => {
    const object = new NativeHeaders(['__proto__', '1', 'constructor', '2']).toObject();
    expect(Object.keys(object)).toEqual(['__proto__', 'constructor']);
    expect('toString' in object).toBe(false);
  });

  it('cannot be changed once frozen; a copy can', () => {
    const headers = repeated();
    headers.freeze();
    for (const change of [
      () => headers.set('a', ''),
      () => headers.add('a', ''),
      () => headers.delete('a'),
    ])
      expect(change).toThrow('Already immutable');
    const copy = headers.clone();
    copy.set('a', 'x');
    expect([copy.get('a'), headers.get('a')]).toEqual(['x', '1']);
  });

  it('never prints a passcode', () => {
    const headers = new NativeHeaders(['passcode', 's3cret', 'login', 'alice']);
    expect(inspect(headers)).not.toContain('s3cret');
    expect(JSON.stringify(headers)).not.toContain('s3cret');
    expect(JSON.stringify(headers)).toContain('alice');
  });
});
