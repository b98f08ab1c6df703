import type { IncomingMessage } from 'node:http';
import { RequestOrigin } from '../../../lib/transport/handshake/forwarded-headers.js';

const PROXIED = {
  host: 'internal:3000',
  'x-forwarded-for': '9.9.9.9, 10.0.0.1',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'app.example',
};

function request(
  headers: Record<string, string>,
  remoteAddress = '::ffff:10.0.0.2',
): IncomingMessage {
  return { headers, socket: { remoteAddress } } as unknown as IncomingMessage;
}

describe('RequestOrigin', () => {
  it('believes no header of a proxy by default', () => {
    expect(new RequestOrigin(request(PROXIED), false)).toMatchObject({
      remoteAddress: '10.0.0.2',
      secure: false,
      ownOrigin: new URL('http://internal:3000'),
    });
  });

  it('with one trusted proxy takes the address that it saw', () => {
    expect(new RequestOrigin(request(PROXIED), 1)).toMatchObject({
      remoteAddress: '10.0.0.1',
      secure: true,
      ownOrigin: new URL('https://app.example'),
    });
  });

  it('with two trusted proxies takes the address that the outer one saw', () => {
    expect(new RequestOrigin(request(PROXIED), 2).remoteAddress).toBe('9.9.9.9');
  });

  it('does not take what a client wrote in front of what trusted proxies wrote', () => {
    const headers = { ...PROXIED, 'x-forwarded-for': '1.1.1.1, 9.9.9.9, 10.0.0.1' };

    expect(new RequestOrigin(request(headers), 2).remoteAddress).toBe('9.9.9.9');
    expect(new RequestOrigin(request(headers), true).remoteAddress).toBe('1.1.1.1');
  });

  it('without the headers takes the socket also behind a trusted proxy', () => {
    expect(new RequestOrigin(request({ host: 'a.example' }), true)).toMatchObject({
      remoteAddress: '10.0.0.2',
      secure: false,
      ownOrigin: new URL('http://a.example'),
    });
  });

  it('adds X-Forwarded-Port to a host without one', () => {
    const headers = { ...PROXIED, 'x-forwarded-port': '8443' };

    expect(new RequestOrigin(request(headers), true).ownOrigin?.host).toBe('app.example:8443');
  });

  it.each([
    ['9.9.9.9:51000', '9.9.9.9'],
    ['[2001:db8::1]:5123', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[::ffff:9.9.9.9]:51000', '9.9.9.9'],
    ['2001:db8::5123', '2001:db8::5123'],
  ])('of the address %s that a proxy wrote keeps %s', (written, remoteAddress) => {
    const headers = { 'x-forwarded-for': written };

    expect(new RequestOrigin(request(headers), true)).toMatchObject({
      remoteAddress,
      ownOrigin: undefined,
    });
  });

  it.each([
    ['wss', 'https://app.example'],
    ['ws', 'http://app.example'],
  ])('reads X-Forwarded-Proto: %s as the scheme of %s', (scheme, origin) => {
    const headers = { ...PROXIED, 'x-forwarded-proto': scheme };

    expect(new RequestOrigin(request(headers), 1)).toMatchObject({
      secure: scheme === 'wss',
      ownOrigin: new URL(origin),
    });
  });

  it('keeps an IPv6 address', () => {
    expect(new RequestOrigin(request({}, '2001:db8::1'), false).remoteAddress).toBe('2001:db8::1');
  });
});
