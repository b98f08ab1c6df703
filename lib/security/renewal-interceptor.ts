import { Logger } from '@nestjs/common';
import type { ChannelInterceptor, SessionControl } from '../channel/index.js';
import { errorText, isCallable, isFault, isText, StompException } from '../exception/index.js';
import {
  destinationUserName,
  isExpired,
  type Message,
  principalFault,
  SimpMessageType,
  type SessionContext,
  type StompPrincipal,
} from '../message/index.js';
import type { AuthorizationRules } from './authorization-rules.js';
import type { Denial } from './denial.js';
import type { GrantedSubscriptions } from './granted-subscriptions.js';
import type { RenewalOptions } from './security-options.js';
import { AuthenticationException, CredentialsExpiredException } from './security.exception.js';

// A broker index that no broker has.
const NO_BROKER = -1;
// A client learns nothing of what is inside.
const RENEWAL_FAILED = 'The renewal failed by a mistake of the server';

/** What renewing needs of the others. */
export interface RenewalContext {
  readonly control: SessionControl;
  readonly denial: Denial;
  readonly rules: AuthorizationRules | undefined;
  readonly granted: GrantedSubscriptions;
}

/**
 * Interceptor of clientInboundChannel that takes new credentials of a session: its rights change in place, and what it is
 * subscribed to without a right to it ends, before its next frame is looked at.
 */
export class RenewalInterceptor implements ChannelInterceptor {
  private readonly logger = new Logger('StompAuthorization');

  constructor(
    private readonly renewal: RenewalOptions,
    private readonly context: RenewalContext,
  ) {
    const { destination, authenticate }: Partial<RenewalOptions> = renewal;
    if (isText(destination) && isCallable(authenticate)) return;
    throw new StompException(
      'Option "renewal" needs a destination, and authenticate, a function from its messages to the new principal',
      { code: 'STOMP_ERR_OPTION' },
    );
  }

  preSend(message: Message): Message | Promise<Message | null> {
    const { messageType, destination, session } = message.headers.fields;
    const isRenewal =
      messageType === SimpMessageType.MESSAGE && destination === this.renewal.destination;
    return isRenewal && session ? this.renew(message as Message<Buffer>, session) : message;
  }

  private async renew(message: Message<Buffer>, session: SessionContext): Promise<Message | null> {
    const before = session.user;
    try {
      if (!before) throw new AuthenticationException('There are no credentials to renew');
      const user = await this.renewal.authenticate(message, before);
      this.checkPrincipal(user);
      checkSameUser(before, user);
      if (isExpired(user))
        throw new CredentialsExpiredException('The new credentials have expired');
      if (!this.context.control.renewUser(session.id, user)) return null;
      await this.endWhatIsNotAllowed(session, user);
    } catch (error) {
      return this.context.denial.deny(message, this.asRefusal(error));
    }
    return consumed(message);
  }

  /** @throws StompException for what is no principal, by a mistake of the application */
  private checkPrincipal(user: StompPrincipal | undefined): void {
    const fault = user ? principalFault(user) : undefined;
    if (fault === undefined) return;
    this.logger.error(`${fault} (STOMP_ERR_PRINCIPAL)`);
    throw new StompException(RENEWAL_FAILED, { code: 'STOMP_ERR_PRINCIPAL', closeCode: 1011 });
  }

  private asRefusal(error: unknown): StompException {
    if (error instanceof StompException) return error;
    if (!isFault(error)) {
      const text = errorText(error);
      return new AuthenticationException(text, error);
    }
    const code = 'STOMP_ERR_AUTHENTICATION';
    const { stack } = error as Error;
    this.logger.error(`The renewal of credentials failed: ${String(error)} (${code})`, stack);
    return new StompException(RENEWAL_FAILED, { code, closeCode: 1011, cause: error });
  }

  private async endWhatIsNotAllowed(session: SessionContext, user: StompPrincipal): Promise<void> {
    const { granted } = this.context;
    for (const subscribe of granted.of(session)) {
      if (await this.allows(subscribe, session, user)) continue;
      granted.remove(session, subscribe);
      await this.end(session, subscribe.headers.subscriptionId);
    }
  }

  private async allows(
    message: Message,
    session: SessionContext,
    user: StompPrincipal,
  ): Promise<boolean> {
    const { rules } = this.context;
    try {
      const { destination } = message.headers;
      return (await rules?.allows('SUBSCRIBE', destination, { message, user, session })) ?? true;
    } catch {
      return false;
    }
  }

  private async end(session: SessionContext, id: string | undefined): Promise<void> {
    const { control } = this.context;
    if (id !== undefined) await control.endSubscription(session.id, id);
    // STOMP 1.0, SUBSCRIBE: one without an id cannot be named.
    else control.closeSession(session.id, 1008, 'The new credentials do not allow a subscription');
  }
}

function checkSameUser(before: StompPrincipal, user: StompPrincipal | undefined): void {
  if (!user) throw new AuthenticationException("The new credentials are nobody's");
  const isSame =
    user.name === before.name && destinationUserName(user) === destinationUserName(before);
  if (!isSame) throw new AuthenticationException('The new credentials belong to another user');
}

/** The message as one that is sent, so that its receipt goes out, but that nobody handles. */
function consumed(message: Message): Message {
  const headers = message.headers.clone();
  headers.fields.messageType = SimpMessageType.OTHER;
  headers.fields.command = undefined;
  headers.fields.destination = undefined;
  headers.fields.broker = NO_BROKER;
  return message.withHeaders(headers);
}
