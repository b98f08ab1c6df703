import { sockJsSettings } from '../../lib/transport/sockjs/sock-js-options.js';
import { transportSettings } from '../../lib/transport/transport-options.js';

describe('transport options', () => {
  it('have safe defaults, also where a value is undefined', () => {
    expect(transportSettings({ maxConnections: undefined })).toMatchObject({
      sendTimeLimit: 10_000,
      slowClientPolicy: 'terminate',
      maxConnections: 65_536,
      maxConnectionsPerAddress: Infinity,
      handshakeRate: undefined,
      trustProxy: false,
    });
  });

  it('may leave out a limit where that is said', () => {
    const options = { sendTimeLimit: 0, sendBufferSizeLimit: Infinity, maxConnections: Infinity };
    expect(transportSettings(options)).toMatchObject(options);
  });

  it.each<[Record<string, unknown>, string]>([
    [
      { maxConnections: NaN },
      '"maxConnections" must be a whole number above 0, or Infinity, not NaN',
    ],
    [
      { maxConnectionsPerAddress: NaN },
      '"maxConnectionsPerAddress" must be a whole number above 0',
    ],
    [
      { maxConnections: '50' },
      `"maxConnections" must be a whole number above 0, or Infinity, not '50'`,
    ],
    [{ sendBufferSizeLimit: -1 }, '"sendBufferSizeLimit" must be a whole number above 0'],
    [{ sendTimeLimit: NaN }, '"sendTimeLimit" must be a whole number, or 0, not NaN'],
    [{ handshakeTimeoutMs: NaN }, '"handshakeTimeoutMs" must be a whole number above 0, not NaN'],
    [
      { handshakeTimeoutMs: 2 ** 31 },
      '"handshakeTimeoutMs" must be at most 2147483647 milliseconds',
    ],
    [{ closeGraceMs: Infinity }, '"closeGraceMs" must be a whole number, or 0, not Infinity'],
    [{ maxTextMessageBytes: 0 }, '"maxTextMessageBytes" must be a whole number above 0, not 0'],
    [
      { handshakeRate: { perSecond: 0 } },
      '"handshakeRate.perSecond" must be a number above 0, not 0',
    ],
    [
      { handshakeRate: { perSecond: 1, burst: NaN } },
      '"handshakeRate.burst" must be a number above 0',
    ],
    [{ handshakeRate: 5 }, '"handshakeRate" must be an object like { perSecond: 10, burst: 20 }'],
    [{ slowClientPolicy: 'drop' }, `"slowClientPolicy" must be 'terminate' or 'drop-oldest'`],
    [{ perMessageDeflate: 'yes' }, '"perMessageDeflate" must be true or false'],
    [{ trustProxy: NaN }, '"trustProxy" must be a whole number, or 0, not NaN'],
    [{ trustProxy: 'loopback' }, '"trustProxy" must be the number of proxies, or true or false'],
  ])('refuse %p', (options, text) => {
    expect(() => transportSettings(options)).toThrow(`Option ${text}`);
  });
});

it.each<[unknown, string]>([
  [{ heartbeatTime: NaN }, '"sockJs.heartbeatTime" must be a whole number above 0, not NaN'],
  [{ disconnectDelay: 0 }, '"sockJs.disconnectDelay" must be a whole number above 0, not 0'],
  [{ maxBodyBytes: -1 }, '"sockJs.maxBodyBytes" must be a whole number above 0'],
  [{ httpMessageCacheSize: 1.5 }, '"sockJs.httpMessageCacheSize" must be a whole number above 0'],
  [{ webSocketEnabled: 'no' }, '"sockJs.webSocketEnabled" must be true or false'],
  [{ clientLibraryUrl: 1 }, '"sockJs.clientLibraryUrl" must be a URL'],
  ['yes', `"sockJs" must be true, false or an object of options, not 'yes'`],
])('SockJS options refuse %p', (options, text) => {
  expect(() => sockJsSettings(options as object, 65_536)).toThrow(`Option ${text}`);
});
