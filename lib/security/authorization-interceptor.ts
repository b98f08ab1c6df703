import type { ChannelInterceptor } from '../channel/index.js';
import { BadPatternException } from '../destination/index.js';
import { quoted, StompException } from '../exception/index.js';
import { isExpired, type Message, type SessionContext } from '../message/index.js';
import type { AuthorizedFrame } from './authorization-rule.js';
import type { AuthorizationRules } from './authorization-rules.js';
import type { Denial } from './denial.js';
import { frameKind } from './frame-kind.js';
import type { GrantedSubscriptions } from './granted-subscriptions.js';
import { AccessDeniedException, CredentialsExpiredException } from './security.exception.js';

/** Interceptor of clientInboundChannel that lets pass what the rules allow. Messages of no session are the application's. */
export class AuthorizationInterceptor implements ChannelInterceptor {
  /** @param granted keeps the subscriptions, where they may have to be looked at again */
  constructor(
    private readonly rules: AuthorizationRules,
    private readonly denial: Denial,
    private readonly granted?: GrantedSubscriptions,
  ) {}

  preSend(message: Message): Message | null | Promise<Message | null> {
    const { session } = message.headers.fields;
    const frame = frameKind(message.headers.fields);
    if (!session || !frame) return message;
    let allowed: boolean | Promise<boolean>;
    try {
      allowed = this.allows(frame, session, message);
    } catch (error) {
      return this.refuse(error, message);
    }
    if (typeof allowed === 'boolean') return this.settle(allowed, frame, session, message);
    return allowed.then(
      (later) => this.settle(later, frame, session, message),
      (error: unknown) => this.refuse(error, message),
    );
  }

  private allows(
    frame: AuthorizedFrame,
    session: SessionContext,
    message: Message,
  ): boolean | Promise<boolean> {
    const { user, destination } = message.headers;
    if (isExpired(user)) throw new CredentialsExpiredException();
    return this.rules.allows(frame, destination, { message, user, session });
  }

  private settle(
    allowed: boolean,
    frame: AuthorizedFrame,
    session: SessionContext,
    message: Message,
  ): Message | null {
    if (!allowed) return this.denial.deny(message, deniedFrame(frame, message));
    if (frame === 'SUBSCRIBE') this.granted?.add(session, message);
    if (frame === 'UNSUBSCRIBE') this.granted?.remove(session, message);
    return message;
  }

  private refuse(error: unknown, message: Message): null {
    const isDenial = error instanceof StompException && !(error instanceof BadPatternException);
    if (isDenial && !(error instanceof CredentialsExpiredException))
      return this.denial.deny(message, error);
    throw error;
  }
}

function deniedFrame(frame: AuthorizedFrame, { headers }: Message): AccessDeniedException {
  const { destination } = headers;
  const where = destination === undefined ? '' : ` ${quoted(destination)}`;
  return new AccessDeniedException(`Access denied: ${frame}${where}`);
}
