import { BadPatternException, checkSubscriptionPattern } from '../../lib/destination/index.js';

const check =
  (destination: string, limits = {}) =>
  () =>
    checkSubscriptionPattern(destination, '/', limits);

describe('checkSubscriptionPattern', () => {
  it.each(['/topic/a', '/topic/*', '/topic/**/b', '/topic/{name}', '/topic/a?'])(
    'lets %s pass',
    (destination) => {
      expect(check(destination)).not.toThrow();
    },
  );

  it('refuses a regex from a client', () => {
    expect(check('/topic/{x:(a+)+}')).toThrow(BadPatternException);
    expect(check('/topic/{x:(a+)+}')).toThrow('a client may not use {name:regex}');
  });

  it('refuses a pattern that is too long, but not a long destination', () => {
    expect(check(`/topic/*${'a'.repeat(512)}`)).toThrow('longer than the 512 characters');
    expect(check(`/topic/${'a'.repeat(512)}`)).not.toThrow();
  });

  it('refuses too many wildcards', () => {
    expect(check('/*'.repeat(16))).not.toThrow();
    expect(check('/*'.repeat(17))).toThrow('more than the 16 wildcards');
    expect(check('/a*b?c/**/{x}', { maxPatternWildcards: 3 })).toThrow(BadPatternException);
    expect(check('/a*b?c/**/{x}', { maxPatternWildcards: 4 })).not.toThrow();
  });

  it('says STOMP_ERR_BAD_PATTERN', () => {
    expect(check('/{x:y}')).toThrow(expect.objectContaining({ code: 'STOMP_ERR_BAD_PATTERN' }));
  });

  it.each(['/topic/*\nx{a:b}', '/topic/{*\nx}'])('names %j in one line', (destination) => {
    expect(check(destination)).toThrow(/^Bad destination pattern "[^\n]*$/);
  });
});
