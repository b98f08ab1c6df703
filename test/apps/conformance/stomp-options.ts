import {
  simpleBroker,
  stompBrokerRelay,
  type EndpointOptions,
  type MessageBroker,
  type StompModuleOptions,
} from 'nestjs-stomp';
import { HandledErrors } from './handled-errors.js';
import { ContractHandshake, userOf } from './handshake.js';
import { InboundInterceptor } from './inbound.interceptor.js';
import { hasDots, type Profile } from './profile.js';

const ALLOWED = ['http://allowed.example'];
const DESTINATIONS = ['/topic', '/queue'];

/** Sections 1 to 3 of the contract. */
export function stompOptions(profile: Profile): StompModuleOptions {
  return {
    endpoints: endpoints(),
    applicationDestinationPrefixes: ['/app'],
    brokers: [broker(profile)],
    pathSeparator: hasDots(profile) ? '.' : '/',
    heartbeatValue: hasDots(profile) ? [0, 0] : [500, 500],
    messageSizeLimit: 32_768,
    maxTextMessageBytes: 16_640,
    maxBinaryMessageBytes: 8_192,
    clientInboundChannel: { interceptors: [new InboundInterceptor()] },
    preserveReceiveOrder: profile.name === 'ordered',
    ...(profile.name === 'relay' && { userDestinationBroadcast: '/topic/unresolved-user' }),
    ...(profile.name === 'dots' && { errorHandler: new HandledErrors() }),
  };
}

function endpoints(): EndpointOptions[] {
  const handshake = {
    handshakeInterceptors: [new ContractHandshake()],
    authenticateHandshake: userOf,
  };
  return [
    { path: '/stomp', allowedOrigins: ALLOWED, ...handshake },
    { path: '/stomp-same', ...handshake },
    { path: '/stomp-pattern', allowedOriginPatterns: ['https://*.pattern.example'], ...handshake },
    { path: '/sockjs', sockJs: true, allowedOrigins: ALLOWED, ...handshake },
  ];
}

function broker({ name, relayPort: port }: Profile): MessageBroker {
  if (name === 'relay')
    return stompBrokerRelay({ destinations: DESTINATIONS, port, virtualHost: '/' });
  if (name === 'dots') return simpleBroker({ destinations: DESTINATIONS });
  return simpleBroker({ destinations: DESTINATIONS, selectorHeaderName: 'selector' });
}
