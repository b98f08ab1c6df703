import {
  authenticated,
  hasRole,
  simpleBroker,
  type AuthorizationRule,
  type StompModuleOptions,
} from 'nestjs-stomp';
import type { ChatOptions } from './chat-options.js';
import { mayEnter } from './rooms.js';
import type { Tokens } from './tokens.js';

/** The first that matches decides. What none names is denied: nobody sends to `/topic` or `/user` past the handlers. */
const RULES: readonly AuthorizationRule[] = [
  { type: 'CONNECT', access: authenticated },
  { send: '/app/admin/**', access: hasRole('admin') },
  { send: '/app/room.{room}/*', access: mayEnter },
  { subscribe: ['/app/room.{room}', '/topic/room.{room}'], access: mayEnter },
  { send: '/app/private.*', access: authenticated },
  { subscribe: ['/app/online', '/app/rooms'], access: authenticated },
  { subscribe: ['/topic/online', '/topic/announcements'], access: authenticated },
  { subscribe: '/user/queue/*', access: authenticated },
];

/** Who may connect, what they may do, and how long. */
export function stompOptions(
  tokens: Tokens,
  { warnSeconds = 60 }: ChatOptions,
): StompModuleOptions {
  return {
    endpoints: ['/chat'],
    applicationDestinationPrefixes: ['/app'],
    brokers: [simpleBroker({ destinations: ['/topic', '/queue'] })],
    authenticate: (connect) => tokens.verify(connect.getFirstNativeHeader('token') ?? ''),
    expiryWarningMs: warnSeconds * 1000,
    renewal: {
      destination: '/app/renew',
      authenticate: ({ payload }) => tokens.verify(payload.toString()),
    },
    authorization: RULES,
    onDenied: 'errorQueue',
  };
}
