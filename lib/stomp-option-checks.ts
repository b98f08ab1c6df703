import type { MessageBroker } from './broker/index.js';
import { checkTime, refuseOption } from './exception/index.js';
import { shutdownSettings } from './session/index.js';
import type { StompEndpoint, StompModuleOptions } from './stomp-options.js';

/** Options that no room checks at the start. @throws StompException naming one whose value makes no sense */
export function checkOptions(options: StompModuleOptions): void {
  endpointsIn(options);
  const { brokers = [], shutdown, flushDelayMs = 0 } = options;
  if (!Array.isArray(brokers) || !brokers.every(isBroker))
    refuseOption('brokers', brokers, 'a list of brokers like [simpleBroker()]');
  shutdownSettings(shutdown);
  checkTime('flushDelayMs', flushDelayMs, true);
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
