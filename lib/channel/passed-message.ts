import { StompException } from '../exception/index.js';
import { Message } from '../message/index.js';
import type { ChannelInterceptor } from './channel-interceptor.js';

/** What a hook of an interceptor returned. @throws StompException (`STOMP_ERR_INTERCEPTOR`) when it is neither message nor null */
export function passedMessage(
  hook: 'preSend' | 'beforeHandle',
  interceptor: ChannelInterceptor,
  returned: unknown,
): Message | null {
  if (returned === null || returned instanceof Message) return returned;
  throw new StompException(
    `${hook} of ${interceptor.constructor.name} must return the message, or another one that MessageBuilder made, or null to drop it`,
    { code: 'STOMP_ERR_INTERCEPTOR', closeCode: 1011 },
  );
}
