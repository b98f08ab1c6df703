import type { ChannelInterceptor } from './channel/index.js';
import type {
  HandlerMethodArgumentResolver,
  HandlerMethodReturnValueHandler,
} from './handler/index.js';
import type { MessageConverter } from './message/index.js';
import type { StompSubProtocolErrorHandler } from './session/index.js';
import type { HandshakeInterceptor } from './transport/index.js';
import type { UserDestinationResolver } from './user/index.js';

/** The methods of what an option gives as an object or a class. */
export interface Contract<T> {
  readonly option: string;
  readonly methods: readonly (keyof T & string)[];
  /** Whether one of them is enough: all are optional. @default false */
  readonly some?: boolean;
}

export const MESSAGE_CONVERTER: Contract<MessageConverter> = {
  option: 'messageConverters',
  methods: ['fromMessage', 'toMessage'],
};

/** Of the interceptors of a channel. */
export function channelInterceptor(channel: string): Contract<ChannelInterceptor> {
  return {
    option: `${channel}.interceptors`,
    methods: [
      'preSend',
      'postSend',
      'afterSendCompletion',
      'beforeHandle',
      'aroundHandle',
      'afterMessageHandled',
    ],
    some: true,
  };
}

export const HANDSHAKE_INTERCEPTOR: Contract<HandshakeInterceptor> = {
  option: 'handshakeInterceptors',
  methods: ['beforeHandshake', 'afterHandshake'],
  some: true,
};

export const ERROR_HANDLER: Contract<StompSubProtocolErrorHandler> = {
  option: 'errorHandler',
  methods: ['handleClientMessageProcessingError', 'handleErrorMessageToClient'],
};

export const USER_DESTINATION_RESOLVER: Contract<UserDestinationResolver> = {
  option: 'userDestinationResolver',
  methods: ['resolveDestination'],
};

export const ARGUMENT_RESOLVER: Contract<HandlerMethodArgumentResolver> = {
  option: 'argumentResolvers',
  methods: ['supportsParameter', 'resolveArgument'],
};

export const RETURN_VALUE_HANDLER: Contract<HandlerMethodReturnValueHandler> = {
  option: 'returnValueHandlers',
  methods: ['supportsReturnValue', 'handleReturnValue'],
};
