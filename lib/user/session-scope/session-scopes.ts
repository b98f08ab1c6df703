import { Logger } from '@nestjs/common';
import { messageContext, type StompEvents } from '../../channel/index.js';
import { errorText, reportRejection } from '../../exception/index.js';
import type { SessionContext } from '../../message/index.js';
import { SessionScopeException } from './session-scope.exception.js';

/**
 * What a session-scoped provider may have.
 *
 * @publicApi
 */
export interface OnSessionEnd {
  /** Called once when the session of this instance has ended, behind the listeners of `sessionDisconnect`. */
  onSessionEnd(session: SessionContext): unknown;
}

type Instances = Map<object, object>;

/** The session-scoped instances of all sessions; they live as long as their session does. */
export class SessionScopes {
  private readonly logger = new Logger('StompSessionScope');
  private readonly scopes = new WeakMap<SessionContext, Instances>();
  private readonly ended = new WeakSet<SessionContext>();

  /** The instance of a provider for a session, made when first asked for. */
  get(session: SessionContext, provider: object, make: () => object): object {
    if (this.ended.has(session))
      throw new SessionScopeException(`Session id=${session.id} already completed`);
    let instances = this.scopes.get(session);
    if (!instances) this.scopes.set(session, (instances = new Map()));
    let instance = instances.get(provider);
    if (!instance) instances.set(provider, (instance = make()));
    return instance;
  }

  /** Ends the scopes of sessions with them. Returns how to leave. */
  bind(events: StompEvents): () => void {
    // Listeners that come later, and the synchronous part of all, may still use what is session-scoped.
    return events.on('sessionDisconnect', ({ session }) => queueMicrotask(() => this.end(session)));
  }

  private end(session: SessionContext): void {
    const instances = this.scopes.get(session);
    // Entering a context costs all promises of the process from then on: only applications with such providers pay.
    if (instances)
      messageContext.run({ session }, () => {
        for (const instance of instances.values()) this.tell(instance, session);
      });
    this.scopes.delete(session);
    this.ended.add(session);
  }

  private tell(instance: Partial<OnSessionEnd>, session: SessionContext): void {
    const failed = (error: unknown): void =>
      this.logger.error(
        `onSessionEnd of ${instance.constructor.name} failed: ${errorText(error)}`,
        error instanceof Error ? error.stack : undefined,
      );
    try {
      reportRejection(instance.onSessionEnd?.(session), failed);
    } catch (error) {
      failed(error);
    }
  }
}

export const sessionScopes = new SessionScopes();
