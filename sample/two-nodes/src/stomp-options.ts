import {
  AuthenticationException,
  authenticated,
  simpleBroker,
  stompBrokerRelay,
  type AuthorizationRule,
  type StompModuleOptions,
  type StompPrincipal,
} from 'nestjs-stomp';
import type { NodeOptions } from './node-options.js';

const NAME = /^[\p{L}\p{N}_-]{1,20}$/u;

/** The first that matches decides; what none names is denied: all that is said goes through the handlers. */
const RULES: readonly AuthorizationRule[] = [
  { type: 'CONNECT', access: authenticated },
  { send: ['/app/say', '/app/private.*', '/app/sign-out'], access: authenticated },
  { subscribe: ['/app/online', '/node/online', '/topic/lobby'], access: authenticated },
  { subscribe: '/user/queue/*', access: authenticated },
];

/** What makes several processes one application: a broker behind them all, and two topics for them alone. */
export function stompOptions({ brokerPort, forgetAfterMs }: NodeOptions): StompModuleOptions {
  return {
    endpoints: ['/stomp'],
    applicationDestinationPrefixes: ['/app'],
    pathSeparator: '.',
    brokers: [
      stompBrokerRelay({
        destinations: ['/topic', '/queue'],
        port: brokerPort,
        connections: 'shared',
        reconnectDelayMs: 500,
        reconnectJitter: 0.5,
      }),
      // What goes here does not leave the node.
      simpleBroker({ destinations: ['/node'] }),
    ],
    userDestinationBroadcast: '/topic/nodes.unresolved-users',
    userRegistryBroadcast: '/topic/nodes.users',
    userRegistryExpiryMs: forgetAfterMs,
    authenticate: (connect) => guest(connect.getLogin() ?? ''),
    authorization: RULES,
    onDenied: 'errorQueue',
  };
}

/** Anybody who says a name; the chat sample has passwords and tokens. */
function guest(name: string): StompPrincipal {
  if (!NAME.test(name))
    throw new AuthenticationException('A name has 1 to 20 letters, digits, - and _');
  return { name };
}
