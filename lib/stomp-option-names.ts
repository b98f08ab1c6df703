import { checkNames, isRecord } from './exception/index.js';
import type { CsrfOptions, RenewalOptions } from './security/index.js';
import type { ChannelOptions, StompEndpoint, StompModuleOptions } from './stomp-options.js';
import type { MessageRate, ShutdownOptions } from './session/index.js';
import type { HandshakeRate, PerMessageDeflateOptions, SockJsOptions } from './transport/index.js';

/** Names of all options of an interface; the compiler sees that none is missing or too many. */
type NamesOf<T> = Readonly<Record<keyof T, true>>;

const MODULE: NamesOf<StompModuleOptions> = {
  name: true,
  isGlobal: true,
  include: true,
  endpoints: true,
  applicationDestinationPrefixes: true,
  userDestinationPrefix: true,
  brokers: true,
  pathSeparator: true,
  messageConverters: true,
  defaultMessageConverters: true,
  clientInboundChannel: true,
  clientOutboundChannel: true,
  brokerChannel: true,
  errorHandler: true,
  authenticate: true,
  userDestinationResolver: true,
  userDestinationBroadcast: true,
  userRegistryBroadcast: true,
  userRegistryExpiryMs: true,
  argumentResolvers: true,
  returnValueHandlers: true,
  eventEmitter: true,
  flushDelayMs: true,
  shutdown: true,
  heartbeatValue: true,
  messageSizeLimit: true,
  connectSizeLimitBytes: true,
  maxHeaders: true,
  headerLineLimitBytes: true,
  maxDestinationLength: true,
  maxDestinationSegments: true,
  maxSubscriptions: true,
  maxTransactions: true,
  maxTransactionFrames: true,
  maxTransactionBytes: true,
  maxFramesInFlight: true,
  messageRate: true,
  timeToFirstMessage: true,
  pingIntervalMs: true,
  expiryWarningMs: true,
  preserveReceiveOrder: true,
  sendTimeLimit: true,
  sendBufferSizeLimit: true,
  slowClientPolicy: true,
  maxTextMessageBytes: true,
  maxBinaryMessageBytes: true,
  perMessageDeflate: true,
  maxConnections: true,
  maxConnectionsPerAddress: true,
  handshakeRate: true,
  handshakeTimeoutMs: true,
  closeGraceMs: true,
  trustProxy: true,
  authorization: true,
  outboundAuthorization: true,
  onDenied: true,
  errorQueue: true,
  csrf: true,
  renewal: true,
  statsLogIntervalMs: true,
  onUnhandledError: true,
  replyHeaders: true,
  directReplyPostProcessors: true,
  maxStreamsPerSession: true,
  startupChecks: true,
  applyGlobalFilters: true,
  resolvePlaceholder: true,
};

const ENDPOINT: NamesOf<StompEndpoint> = {
  path: true,
  sockJs: true,
  allowedOrigins: true,
  allowedOriginPatterns: true,
  handshakeInterceptors: true,
  authenticateHandshake: true,
  clientCertificate: true,
};

const SOCK_JS: NamesOf<SockJsOptions> = {
  heartbeatTime: true,
  disconnectDelay: true,
  streamBytesLimit: true,
  httpMessageCacheSize: true,
  sessionCookieNeeded: true,
  webSocketEnabled: true,
  clientLibraryUrl: true,
  suppressCors: true,
  maxBodyBytes: true,
};

const CHANNEL: NamesOf<ChannelOptions> = { interceptors: true };

const SHUTDOWN: NamesOf<ShutdownOptions> = { closeCode: true, windowMs: true, deadlineMs: true };

const RATE: NamesOf<MessageRate> & NamesOf<HandshakeRate> = { perSecond: true, burst: true };

const DEFLATE: NamesOf<PerMessageDeflateOptions> = {
  threshold: true,
  concurrencyLimit: true,
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: true,
  clientMaxWindowBits: true,
  zlibDeflateOptions: true,
  zlibInflateOptions: true,
};

const CSRF: NamesOf<CsrfOptions> = { headerName: true, token: true };

const RENEWAL: NamesOf<RenewalOptions> = { destination: true, authenticate: true };

/** Options that have options of their own. */
const NESTED: Readonly<Partial<Record<keyof StompModuleOptions, Readonly<Record<string, true>>>>> =
  {
    clientInboundChannel: CHANNEL,
    clientOutboundChannel: CHANNEL,
    brokerChannel: CHANNEL,
    shutdown: SHUTDOWN,
    messageRate: RATE,
    handshakeRate: RATE,
    perMessageDeflate: DEFLATE,
    csrf: CSRF,
    renewal: RENEWAL,
  };

/**
 * What a factory returns is checked by no compiler for names that are not there. @throws StompException naming one, and
 * those there are
 */
export function checkOptionNames(options: StompModuleOptions): void {
  checkNames('StompModule', options, MODULE);
  for (const [name, known] of Object.entries(NESTED)) {
    const value: unknown = options[name as keyof StompModuleOptions];
    if (isRecord(value)) checkNames(name, value, known);
  }
}

/** @throws StompException naming an option that an endpoint does not have */
export function checkEndpointNames(endpoint: StompEndpoint): void {
  checkNames('An endpoint', endpoint, ENDPOINT);
  if (isRecord(endpoint.sockJs)) checkNames('sockJs', endpoint.sockJs, SOCK_JS);
}
