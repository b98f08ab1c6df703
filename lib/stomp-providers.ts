import type { InjectionToken, Provider } from '@nestjs/common';
import { StompEvents } from './channel/index.js';
import { DEFAULT_INSTANCE } from './handler/index.js';
import { StompStats } from './inspect/index.js';
import { StompServer } from './session/index.js';
import { StompInstance } from './stomp-instance.js';
import {
  BROKER_MESSAGING_TEMPLATE,
  getStompTemplateToken,
  SimpMessagingTemplate,
} from './template/index.js';
import { SimpUserRegistry } from './user/index.js';

/** What of an instance can be injected, each under its class or Spring's bean name in the unnamed instance. */
const INJECTABLES: readonly [token: InjectionToken, get: (instance: StompInstance) => unknown][] = [
  [SimpMessagingTemplate, (instance) => instance.template],
  [SimpUserRegistry, (instance) => instance.registry],
  [StompServer, (instance) => instance.server],
  [StompEvents, (instance) => instance.events],
  [StompStats, (instance) => instance.inspection.stats],
  ['clientInboundChannel', (instance) => instance.inbound],
  ['clientOutboundChannel', (instance) => instance.outbound],
  ['brokerChannel', (instance) => instance.brokerChannel],
];

/**
 * The token of something that belongs to a named instance: `getStompToken(SimpUserRegistry, 'second')`. Without a name
 * it is the class or text itself.
 *
 * @publicApi
 */
export function getStompToken(token: InjectionToken, name = DEFAULT_INSTANCE): InjectionToken {
  if (name === DEFAULT_INSTANCE) return token;
  return `${name}:${typeof token === 'function' ? token.name : String(token)}`;
}

/** Providers of what an instance offers, and their tokens. */
export function exportedProviders(name?: string): {
  providers: Provider[];
  exports: InjectionToken[];
} {
  const provided = INJECTABLES.map(([token, get]) => [getStompToken(token, name), get] as const);
  const templates = [getStompTemplateToken(name), getStompToken(BROKER_MESSAGING_TEMPLATE, name)];
  for (const token of templates) provided.push([token, (instance) => instance.template]);
  const known = new Map(provided);
  const providers = [...known].map(([provide, useFactory]): Provider => ({
    provide,
    useFactory,
    inject: [StompInstance],
  }));
  return { providers, exports: [...known.keys()] };
}
