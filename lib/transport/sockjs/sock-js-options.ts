import { checkBoolean, checkBound, checkTime, refuseOption } from '../../exception/index.js';

/**
 * The SockJS server of one endpoint. Names and defaults are Spring's.
 *
 * @publicApi
 */
export interface SockJsOptions {
  /** Milliseconds after which a silent connection is sent a heart-beat frame. @default 25000 */
  heartbeatTime?: number;
  /** Milliseconds that a session lives without a request that receives. @default 5000 */
  disconnectDelay?: number;
  /** Bytes after which a streaming response ends, so that browsers can free what they read. @default 131072 */
  streamBytesLimit?: number;
  /** Frames that wait for a client between two of its requests. @default 100 */
  httpMessageCacheSize?: number;
  /** Whether a `JSESSIONID` cookie is set, by which load balancers find the server of a session. @default true */
  sessionCookieNeeded?: boolean;
  /** Whether WebSocket is offered, also without SockJS framing. @default true */
  webSocketEnabled?: boolean;
  /** Where the iframe transports load the SockJS client from. @default the newest 1.x of a public CDN */
  clientLibraryUrl?: string;
  /** Leaves the CORS headers to somebody else; origins are checked all the same. @default false */
  suppressCors?: boolean;
  /** Bytes that the body of one request may have; a larger one is answered 413. @default 65536 */
  maxBodyBytes?: number;
}

/** The options with every default filled in. */
export type SockJsSettings = Required<SockJsOptions>;

/**
 * Fills in the defaults; undefined values count as absent. Undefined when SockJS is off. @throws StompException naming an
 * option whose value makes no sense
 */
export function sockJsSettings(
  options: boolean | SockJsOptions | undefined,
): SockJsSettings | undefined {
  if (options === undefined || options === false) return undefined;
  if (options !== true && (typeof options !== 'object' || options === null))
    refuseOption('sockJs', options, 'true, false or an object of options');
  const given = options === true ? {} : options;
  const settings = {
    heartbeatTime: given.heartbeatTime ?? 25_000,
    disconnectDelay: given.disconnectDelay ?? 5_000,
    streamBytesLimit: given.streamBytesLimit ?? 131_072,
    httpMessageCacheSize: given.httpMessageCacheSize ?? 100,
    sessionCookieNeeded: given.sessionCookieNeeded ?? true,
    webSocketEnabled: given.webSocketEnabled ?? true,
    clientLibraryUrl:
      given.clientLibraryUrl ?? 'https://cdn.jsdelivr.net/npm/sockjs-client@1/dist/sockjs.min.js',
    suppressCors: given.suppressCors ?? false,
    maxBodyBytes: given.maxBodyBytes ?? 65_536,
  };
  check(settings);
  return settings;
}

function check(settings: SockJsSettings): void {
  for (const name of ['heartbeatTime', 'disconnectDelay'] as const)
    checkTime(`sockJs.${name}`, settings[name], false);
  for (const name of ['streamBytesLimit', 'httpMessageCacheSize', 'maxBodyBytes'] as const)
    checkBound(`sockJs.${name}`, settings[name]);
  for (const name of ['sessionCookieNeeded', 'webSocketEnabled', 'suppressCors'] as const)
    checkBoolean(`sockJs.${name}`, settings[name]);
  if (typeof settings.clientLibraryUrl !== 'string')
    refuseOption('sockJs.clientLibraryUrl', settings.clientLibraryUrl, 'a URL');
}
