import { AntPathMatcher, BadPatternException } from '../../lib/destination/index.js';
import { StompException } from '../../lib/exception/index.js';

const slash = new AntPathMatcher();
const dot = new AntPathMatcher('.');

describe('AntPathMatcher', () => {
  it('refuses a separator that separates nothing', () => {
    expect(() => new AntPathMatcher('')).toThrow('Option "separator" must be');
  });

  describe('match', () => {
    it.each([
      ['/topic/a', '/topic/a'],
      ['/topic/?', '/topic/a'],
      ['/topic/*', '/topic/a'],
      ['/topic/*', '/topic/a.b'],
      ['/topic/*', '/topic/'],
      ['/topic/**', '/topic'],
      ['/topic/**', '/topic/'],
      ['/topic/**', '/topic/a/b'],
      ['/**', '/'],
      ['/**', '/a/b'],
      ['/a/**/z', '/a/z'],
      ['/a/**/z', '/a/b/c/z'],
      ['/a/**/b/**/z', '/a/x/b/y/y/z'],
      ['/a/**/**/z', '/a/z'],
      ['/**/b', '/a/a/b'],
      ['/a*b', '/ab'],
      ['/a*b?d', '/axxbcd'],
      ['/{x}/b', '/a/b'],
      ['/a{x}c', '/abc'],
      ['/{x:[0-9]+}', '/12'],
      ['/{x:[a-z]{2}}', '/ab'],
      ['/{', '/{'],
      ['/a//b', '/a/b'],
      ['a/*', 'a/b'],
      ['', ''],
    ])('%s takes %s', (pattern, destination) => {
      expect(slash.match(pattern, destination)).toBe(true);
    });

    it.each([
      ['/topic/a', '/topic/A'],
      ['/topic/a', '/topic/a '],
      ['/a/b', '/a/b/'],
      ['/a/b/', '/a/b'],
      ['/topic/?', '/topic/'],
      ['/topic/?', '/topic/ab'],
      ['/topic/*', '/topic'],
      ['/topic/*', '/topic/a/b'],
      ['/topic/*', 'topic/a'],
      ['/topic/**', '/topics'],
      ['/topic/**', '/'],
      ['/a/**/z', '/a/z/b'],
      ['/a/**/z', '/a/z/'],
      ['/a/**/b/**/z', '/a/b'],
      ['/a/**/b/**/z', '/a/x/z'],
      ['/ab*ba', '/aba'],
      ['/{x:[0-9]+}', '/1a'],
      ['/{x}', '/a/b'],
    ])('%s leaves %s', (pattern, destination) => {
      expect(slash.match(pattern, destination)).toBe(false);
    });

    it('takes a regex that spans the separator as one segment', () => {
      expect(dot.match('v{x:[0-9.]+}', 'v1')).toBe(true);
      expect(dot.extractVariables('a.{x:[0-9.]+}', 'a.1')).toEqual({ x: '1' });
    });

    it('splits at the separator it was made with', () => {
      expect(dot.match('/topic/price.stock.*', '/topic/price.stock.IBM')).toBe(true);
      expect(dot.match('/topic/price.stock.*', '/topic/price.stock.IBM.x')).toBe(false);
      expect(dot.match('/topic/price.**', '/topic/price')).toBe(true);
      expect(dot.match('/topic/price.**', '/topic/prices')).toBe(false);
    });

    it('takes no exponential time', () => {
      const stars = `/${'*a'.repeat(60)}b`;
      expect(slash.match(stars, `/${'a'.repeat(8000)}`)).toBe(false);
      const doubles = `${'/**/a'.repeat(60)}/**/b`;
      expect(slash.match(doubles, '/a'.repeat(4000))).toBe(false);
    });
  });

  describe('isPattern', () => {
    it.each(['/a/*', '/a?', '/{x}', '/a{x:[0-9]}'])('holds for %s', (text) => {
      expect(slash.isPattern(text)).toBe(true);
    });

    it.each(['/a', '/{', '/}x{', ''])('does not hold for %s', (text) => {
      expect(slash.isPattern(text)).toBe(false);
    });
  });

  describe('extractVariables', () => {
    it.each([
      ['/a/{x}', '/a/b', { x: 'b' }],
      ['/{x}/{y}', '/a/b', { x: 'a', y: 'b' }],
      ['/{x}-{y}', '/a-b-c', { x: 'a-b', y: 'c' }],
      ['/{x:[a-z]}{y:.*}', '/abc', { x: 'a', y: 'bc' }],
      ['/{x:(a|b)+}.{y}', '/ab.c', { x: 'ab', y: 'c' }],
      ['/**/{x}/z/**', '/a/b/z/c', { x: 'b' }],
      ['/**/m{x}/**/{y}', '/a/m1/b/c', { x: '1', y: 'c' }],
      ['/a', '/a', {}],
    ])('of %s from %s', (pattern, destination, variables) => {
      expect(slash.extractVariables(pattern, destination)).toEqual(variables);
    });

    it('fails when the destination does not match', () => {
      expect(() => slash.extractVariables('/a/{x}', '/b/c')).toThrow(BadPatternException);
    });
  });

  describe('compile', () => {
    it('refuses a regex that is none, naming the pattern', () => {
      expect(() => slash.compile('/a/{x:[}')).toThrow(StompException);
      expect(() => slash.compile('/a/{x:[}')).toThrow('Bad destination pattern "/a/{x:[}"');
    });

    it('refuses a variable that begins with a star', () => {
      expect(() => slash.compile('/a/{*rest}')).toThrow(BadPatternException);
    });
  });

  describe('combine', () => {
    it.each([
      ['/hotels', '/bookings', '/hotels/bookings'],
      ['/hotels', 'bookings', '/hotels/bookings'],
      ['/hotels/', '/bookings', '/hotels/bookings'],
      ['/hotels/*', '/b', '/hotels/b'],
      ['/hotels/*', 'b', '/hotels/b'],
      ['/hotels/**', '/b', '/hotels/**/b'],
      ['/hotels', '{x}', '/hotels/{x}'],
      ['/{x}', '/b', '/{x}/b'],
      ['/*.html', '/hotels', '/hotels.html'],
      ['/*.html', '/hotels.html', '/hotels.html'],
      ['/*.*', '/a.html', '/a.html'],
      ['/**', '/a/b', '/a/b'],
      ['', '/b', '/b'],
      ['/a', '', '/a'],
      ['', '', ''],
      ['/a', '/a', '/a/a'],
    ])('%s and %s are %s', (first, second, combined) => {
      expect(slash.combine(first, second)).toBe(combined);
    });

    it('joins with its own separator', () => {
      expect(dot.combine('red', 'blue')).toBe('red.blue');
      expect(dot.combine('red', '.blue')).toBe('red.blue');
      expect(dot.combine('red.*', 'blue')).toBe('red.blue');
    });

    it('refuses two different extensions', () => {
      expect(() => slash.combine('/*.html', '/*.txt')).toThrow(BadPatternException);
    });
  });

  describe('compare', () => {
    const sorted = (destination: string, ...patterns: string[]): string[] =>
      patterns.sort((a, b) => slash.compare(a, b, destination));

    it('puts the more specific pattern first', () => {
      const order = ['/a/b', '/a/b*', '/a/{x}', '/a/*', '/a/**', '/**'];
      expect(sorted('/a/b', ...order.toReversed())).toEqual(order);
    });

    it('prefers a variable with a regex', () => {
      expect(sorted('/a/5', '/a/{x}', '/a/{x:[0-9]+}')).toEqual(['/a/{x:[0-9]+}', '/a/{x}']);
      expect(sorted('/a/5', '/a/{x}', '/a/{x:[0-9]*}')).toEqual(['/a/{x:[0-9]*}', '/a/{x}']);
    });

    it('prefers the longer of two prefix patterns', () => {
      expect(sorted('/a/b/c', '/a/**', '/a/b/**')).toEqual(['/a/b/**', '/a/**']);
    });

    it('is 0 for two patterns alike', () => {
      expect(slash.compare('/a/{x}', '/a/{y}', '/a/b')).toBe(0);
      expect(slash.compare('/**', '/**', '/a/b')).toBe(0);
    });
  });
});
