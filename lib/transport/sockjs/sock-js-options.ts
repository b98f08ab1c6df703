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
  /**
   * Bytes of what a client sends at once, as SockJS quotes it: of the body of a request, above which it is answered 413, or
   * of a message over WebSocket with SockJS framing; the session closes with 1009. @default twice `maxTextMessageBytes` and 1024 more
   */
  maxBodyBytes?: number;
}

/** The options with every default filled in. */
export type SockJsSettings = Required<SockJsOptions>;

/**
 * Fills in the defaults; undefined values count as absent. Undefined when SockJS is off.
 *
 * @param maxTextMessageBytes of a client's message, before SockJS quotes it
 * @throws StompException naming an option whose value makes no sense
 */
export function sockJsSettings(
  options: boolean | SockJsOptions | undefined,
  maxTextMessageBytes: number,
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
    maxBodyBytes: given.maxBodyBytes ?? quotedBytes(maxTextMessageBytes),
  };
  check(settings);
  return settings;
}

/** JSON with quotes, backslashes and line feeds gets two octets for each; only other control characters get six. */
function quotedBytes(maxTextMessageBytes: number): number {
  return 2 * maxTextMessageBytes + 1024;
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
