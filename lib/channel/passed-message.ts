import { StompException } from '../exception/index.js';
import { Message } from '../message/index.js';
import type { ChannelInterceptor } from './channel-interceptor.js';

/**
 * What a hook of an interceptor returned. Its text may go to a client, so that what is wrong with the interceptor is reported.
 *
 * @throws StompException (`STOMP_ERR_INTERCEPTOR`) when it is neither message nor null
 */
export function passedMessage(
  hook: 'preSend' | 'beforeHandle',
  interceptor: ChannelInterceptor,
  returned: unknown,
  report: (text: string, error: unknown) => void,
): Message | null {
  if (returned === null || returned instanceof Message) return returned;
  report(
    'A channel interceptor failed (STOMP_ERR_INTERCEPTOR)',
    `${hook} of ${interceptor.constructor.name} must return the message, or another one that MessageBuilder made, or null to drop it`,
  );
  throw new StompException('A message was refused by a mistake of the server', {
    code: 'STOMP_ERR_INTERCEPTOR',
    closeCode: 1011,
  });
}
