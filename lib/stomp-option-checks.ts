import type { MessageBroker } from './broker/index.js';
import { checkTime, refuseOption, StompException } from './exception/index.js';
import { shutdownSettings } from './session/index.js';
import { checkEndpointNames, checkOptionNames } from './stomp-option-names.js';
import type { StompEndpoint, StompModuleExtras, StompModuleOptions } from './stomp-options.js';

/** Options that no room checks at the start. @throws StompException naming one whose value makes no sense */
export function checkOptions(options: StompModuleOptions): void {
  checkOptionNames(options);
  for (const endpoint of endpointsIn(options)) checkEndpointNames(endpoint);
  const { brokers = [], shutdown, flushDelayMs = 0, name = 'default' } = options;
  const { applicationDestinationPrefixes = [], userDestinationPrefix = '/user/' } = options;
  const { pathSeparator = '/' } = options;
  if (typeof name !== 'string' || name === '') refuseOption('name', name, 'a text');
  if (![applicationDestinationPrefixes].flat().every((one) => typeof one === 'string'))
    refuseOption('applicationDestinationPrefixes', applicationDestinationPrefixes, "like '/app'");
  if (typeof userDestinationPrefix !== 'string' || userDestinationPrefix === '')
    refuseOption('userDestinationPrefix', userDestinationPrefix, "a text like '/user/'");
  if (!['/', '.'].includes(pathSeparator))
    refuseOption('pathSeparator', pathSeparator, "'/' or '.'");
  if (!Array.isArray(brokers) || !brokers.every(isBroker))
    refuseOption('brokers', brokers, 'a list of brokers like [simpleBroker()]');
  shutdownSettings(shutdown);
  checkTime('flushDelayMs', flushDelayMs, true);
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

function isBroker(one: Partial<MessageBroker> | null): boolean {
  return typeof one === 'object' && typeof one?.handleMessage === 'function';
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
