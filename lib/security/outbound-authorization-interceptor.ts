import type { ChannelInterceptor } from '../channel/index.js';
import { SimpMessageType, type Message } from '../message/index.js';
import { permitAll } from './access.js';
import type { OutboundAuthorizationRule } from './authorization-rule.js';
import { AuthorizationRules } from './authorization-rules.js';
import { checkOutboundRule } from './rule-check.js';

/** Interceptor of clientOutboundChannel that leaves out the receivers whom the rules do not allow a message. */
export class OutboundAuthorizationInterceptor implements ChannelInterceptor {
  private readonly rules: AuthorizationRules;

  constructor(rules: readonly OutboundAuthorizationRule[], separator: string) {
    for (const rule of rules) checkOutboundRule(rule);
    const sends = rules.map(({ destination, access }) => ({ send: destination, access }));
    this.rules = new AuthorizationRules([...sends, { type: 'SEND', access: permitAll }], separator);
  }

  preSend(message: Message): Message | null | Promise<Message | null> {
    const { messageType, origDestination, destination, session, user } = message.headers;
    if (messageType !== SimpMessageType.MESSAGE) return message;
    const context = { message, user, session };
    const allowed = this.rules.allows('SEND', origDestination ?? destination, context);
    if (typeof allowed === 'boolean') return allowed ? message : null;
    return allowed.then((later) => (later ? message : null));
  }
}
