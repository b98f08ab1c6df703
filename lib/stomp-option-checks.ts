import {
  checkBoolean,
  checkFunction,
  checkSwitch,
  checkText,
  checkTexts,
  checkTime,
  checkValues,
  expects,
  expectsList,
  expectsOneOf,
  isCallable,
  isRecord,
  isText,
  refuseOption,
  StompException,
  UNDEFINED_CLASS,
  type OptionCheck,
} from './exception/index.js';
import { shutdownSettings } from './session/index.js';
import { checkEndpointNames, checkOptionNames } from './stomp-option-names.js';
import type {
  ChannelOptions,
  StompEndpoint,
  StompModuleExtras,
  StompModuleOptions,
} from './stomp-options.js';

const resolvable = expects('an object or a class', isResolvable);
const resolvables = classes('a list of objects and classes', isResolvable);

const checkChannel: OptionCheck = (name, value) => {
  if (!isRecord(value)) refuseOption(name, value, 'an object like { interceptors: [] }');
  checkValues(value as ChannelOptions, { interceptors: resolvables }, `${name}.`);
};

/** What no room checks by itself. */
const CHECKS: Readonly<Partial<Record<keyof StompModuleOptions, OptionCheck>>> = {
  name: checkText,
  isGlobal: checkBoolean,
  include: classes('a list of modules', isClass),
  applicationDestinationPrefixes: expects("like '/app'", (value) => [value].flat().every(isString)),
  userDestinationPrefix: expects("a text like '/user/'", isText),
  brokers: expectsList('a list of brokers like [simpleBroker()]', isBroker),
  pathSeparator: expectsOneOf('/', '.'),
  messageConverters: resolvables,
  defaultMessageConverters: checkBoolean,
  clientInboundChannel: checkChannel,
  clientOutboundChannel: checkChannel,
  brokerChannel: checkChannel,
  errorHandler: resolvable,
  authenticate: checkFunction,
  userDestinationResolver: resolvable,
  userDestinationBroadcast: checkText,
  userRegistryBroadcast: checkText,
  userRegistryExpiryMs: (name, value) => checkTime(name, value, false),
  argumentResolvers: resolvables,
  returnValueHandlers: resolvables,
  eventEmitter: expects(
    'an emitter with a method emit, or the class of one',
    (value) => isClass(value) || hasMethod(value, 'emit'),
  ),
  flushDelayMs: (name, value) => checkTime(name, value, true),
  shutdown: expects('an object like { windowMs: 5000 }', isRecord),
  perMessageDeflate: checkSwitch,
  onUnhandledError: expectsOneOf('log', 'errorQueue', 'close'),
  replyHeaders: checkTexts,
  directReplyPostProcessors: expectsList('a list of functions', isCallable),
  startupChecks: expectsOneOf('warn', 'throw', 'off'),
  applyGlobalFilters: checkBoolean,
  resolvePlaceholder: checkFunction,
};

const ENDPOINT_CHECKS: Readonly<Partial<Record<keyof StompEndpoint, OptionCheck>>> = {
  sockJs: checkSwitch,
  allowedOrigins: expectsList("a list like ['https://app.example.com']", isString),
  allowedOriginPatterns: expectsList("a list like ['https://*.example.com']", isString),
  handshakeInterceptors: resolvables,
  authenticateHandshake: checkFunction,
  clientCertificate: expects(
    'true, false or a function',
    (value) => typeof value === 'boolean' || isCallable(value),
  ),
};

/** Options that no room checks at the start. @throws StompException naming one whose value makes no sense */
export function checkOptions(options: StompModuleOptions): void {
  checkOptionNames(options);
  checkValues(options, CHECKS);
  for (const endpoint of endpointsIn(options)) {
    checkEndpointNames(endpoint);
    checkValues(endpoint, ENDPOINT_CHECKS);
  }
  shutdownSettings(options.shutdown);
}

/** What the module has to know before a factory is asked. @throws StompException when the factory says something else */
export function checkFactoryOptions(options: unknown, given: StompModuleExtras): void {
  if (typeof options !== 'object' || options === null)
    refuseOption('useFactory', options, 'a function that returns the options of StompModule');
  for (const name of ['name', 'isGlobal'] as const) {
    const made = (options as StompModuleExtras)[name];
    if (made === undefined || made === given[name]) continue;
    throw new StompException(
      `Option "${name}" comes too late from a factory: give it to StompModule.forRootAsync({ ${name}: … }) itself`,
      { code: 'STOMP_ERR_OPTION' },
    );
  }
}

function isString(one: unknown): boolean {
  return typeof one === 'string';
}

function isBroker(one: unknown): boolean {
  return hasMethod(one, 'handleMessage');
}

function hasMethod(one: unknown, name: string): boolean {
  return isRecord(one) && typeof (one as Record<string, unknown>)[name] === 'function';
}

function isClass(one: unknown): boolean {
  return typeof one === 'function' && one.prototype !== undefined;
}

function isResolvable(one: unknown): boolean {
  return isRecord(one) || isClass(one);
}

/** A check of a list with classes in it. */
function classes(wanted: string, isRight: (one: unknown) => boolean): OptionCheck {
  return (name, value) => {
    const list: readonly unknown[] | undefined = Array.isArray(value) ? value : undefined;
    if (list?.every(isRight)) return;
    refuseOption(name, value, wanted, list?.includes(undefined) ? UNDEFINED_CLASS : '');
  };
}

/** The option `endpoints`, each with its paths. @throws StompException when it is no list of endpoints */
export function endpointsIn({ endpoints = [] }: StompModuleOptions): readonly StompEndpoint[] {
  if (!Array.isArray(endpoints)) refuseOption('endpoints', endpoints, "a list like ['/stomp']");
  return endpoints.map((one: string | StompEndpoint) => {
    if (typeof one === 'string') return { path: one };
    if (typeof one === 'object' && one !== null) return one;
    return refuseOption('endpoints', one, "a list of paths and of objects like { path: '/stomp' }");
  });
}
