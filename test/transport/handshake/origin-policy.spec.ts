import {
  type AllowedOrigins,
  OriginPolicy,
} from '../../../lib/transport/handshake/origin-policy.js';

const OWN = new URL('https://own.example:8443');

function allows(options: AllowedOrigins, origin: string | undefined, own: URL | undefined = OWN) {
  return new OriginPolicy(options).allows(origin, own);
}

describe('OriginPolicy', () => {
  it('allows a handshake without an origin', () => {
    expect(allows({}, undefined)).toBe(true);
  });

  it.each([
    ['https://own.example:8443', true],
    ['HTTPS://OWN.example:8443', true],
    ['https://own.example', false],
    ['http://own.example:8443', false],
    ['https://other.example:8443', false],
    ['null', false],
    ['', false],
  ])('by default allows the own origin only: %s is %s', (origin, expected) => {
    expect(allows({}, origin)).toBe(expected);
  });

  it('knows the default port of a scheme', () => {
    expect(allows({}, 'http://own.example', new URL('http://own.example:80'))).toBe(true);
    expect(allows({}, 'http://own.example:80', new URL('http://own.example'))).toBe(true);
  });

  it('refuses an origin when the request has no sensible Host', () => {
    expect(new OriginPolicy({}).allows('http://a', undefined)).toBe(false);
  });

  it.each([
    ['https://a.example', true],
    ['https://A.example/', true],
    ['https://a.example:443', false],
    ['https://own.example:8443', true],
    ['https://b.example', false],
  ])('with a list allows its members and the own origin: %s is %s', (origin, expected) => {
    expect(allows({ allowedOrigins: ['https://a.example/'] }, origin)).toBe(expected);
  });

  it.each([
    ['https://*.pattern.example', 'https://one.pattern.example', true],
    ['https://*.pattern.example', 'https://a.b.pattern.example', true],
    ['https://*.pattern.example', 'https://pattern.example', false],
    ['https://*.pattern.example', 'https://one.pattern.example.evil', false],
    ['https://*.pattern.example', 'https://one-pattern.example', false],
    ['https://*.pattern.example', 'http://one.pattern.example', false],
    ['https://*.x.com:[8080,8081]', 'https://a.x.com:8081', true],
    ['https://*.x.com:[8080,8081]', 'https://a.x.com:8082', false],
    ['https://*.x.com:[8080,8081]', 'https://a.x.com', false],
    ['http://localhost:[*]', 'http://localhost', true],
    ['http://localhost:[*]', 'http://localhost:4200', true],
    ['http://localhost:[*]', 'http://localhost:4200x', false],
    ['http://a.b', 'http://axb', false],
    ['https://*-*.a.com', 'https://one-two.a.com', true],
    ['https://*-*.a.com', 'https://one.a.com', false],
    ['https://*a*ab*b.com:[*]', 'https://xaabxb.com:80', true],
    ['https://*a*ab*b.com:[*]', 'https://aab.com', false],
    ['*://*.*.com', 'https://a.b.com', true],
    ['*://*.*.com', 'https://a.com', false],
    ['https://**.com', 'https://a.com', true],
    ['https://*a*a*a*a.com', `https://${'a'.repeat(500)}`, false],
    ['https://a.com/', 'https://a.com', true],
    ['https://*.a.com/', 'https://one.a.com', true],
    ['https://a.com:[*]/', 'https://a.com:8080', true],
    ['https://a.com/', 'https://a.com.evil', false],
    ['*', 'null', true],
  ])('pattern %s for %s is %s', (pattern, origin, expected) => {
    expect(allows({ allowedOriginPatterns: [pattern] }, origin)).toBe(expected);
  });

  it('allows everybody with a star', () => {
    expect(allows({ allowedOrigins: ['*'] }, 'http://anywhere.example')).toBe(true);
  });

  it('does not look at origins longer than any host name', () => {
    const origin = `https://${'a'.repeat(600)}.pattern.example`;

    expect(allows({ allowedOriginPatterns: ['https://*.pattern.example'] }, origin)).toBe(false);
  });
});
