import type { Message } from '../message/index.js';
import type { ChannelInterceptor } from './channel-interceptor.js';
import { messageContext } from './message-context.js';

const METHODS = [
  'preSend',
  'postSend',
  'afterSendCompletion',
  'beforeHandle',
  'aroundHandle',
  'afterMessageHandled',
] as const satisfies (keyof ChannelInterceptor)[];

type Methods = Record<string, (message: Message, ...rest: unknown[]) => unknown>;

/** The same interceptor, each method of which runs inside `messageContext` of a message that has a session. */
export function inMessageContext(interceptor: ChannelInterceptor): ChannelInterceptor {
  const methods = interceptor as Methods;
  const inContext = Object.create(interceptor) as Methods;
  for (const name of METHODS) {
    if (!interceptor[name]) continue;
    inContext[name] = (message, ...rest) => {
      const call = (): unknown => methods[name]!(message, ...rest);
      return message.headers.session ? messageContext.run({ message }, call) : call();
    };
  }
  return inContext;
}
