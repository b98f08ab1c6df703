import { encodeUserName, type SessionContext } from '../message/index.js';
import type { RegisteredSession } from './registered-user.js';
import type { RegistryUserDestinationResolver } from './registry-user-destination-resolver.js';
import type { SessionDestination } from './session-destination.js';
import type { SimpUserRegistry } from './simp-user-registry.js';

/** Destinations of a session that are remembered; those with variables in them may be any number. */
const MAX_KNOWN = 16;

/** What it takes to know them. */
export interface SessionDestinationsOptions {
  readonly registry: Pick<SimpUserRegistry, 'registered'>;
  readonly resolver: RegistryUserDestinationResolver;
  /** Whether nobody would see that the message to the user destination is left out. */
  readonly isUnwatched: () => boolean;
}

/**
 * What user destinations stand for in the sessions that are here. To resolve one costs a message of its own and several
 * texts, each time; the answer never changes while the session lives.
 */
export class SessionDestinations {
  constructor(private readonly options: SessionDestinationsOptions) {}

  /**
   * Undefined when the message has to go by the user destination: it is watched on its way, or the session is not here as
   * that user's.
   *
   * @param user as it would be named in the user destination: the id of the session when it is anonymous
   * @param destination behind `/user`
   * @throws StompException (`STOMP_ERR_USER_NAME`) for a name that no user destination can hold
   */
  find(session: SessionContext, user: string, destination: string): SessionDestination | undefined {
    const { registry, isUnwatched } = this.options;
    const registered = registry.registered(session.id);
    if (registered === undefined || !isUnwatched()) return undefined;
    if ((registered.user?.name ?? registered.id) !== user) return undefined;
    const { destinations: known } = registered;
    return known?.get(destination) ?? this.resolve(registered, user, destination);
  }

  private resolve(
    registered: RegisteredSession,
    user: string,
    destination: string,
  ): SessionDestination | undefined {
    const known = (registered.destinations ??= new Map());
    if (known.size === MAX_KNOWN) return undefined;
    encodeUserName(user);
    const result = this.options.resolver.forSession(destination, registered.id);
    if (result === undefined) return undefined;
    const { id: sessionId } = registered;
    const found: SessionDestination = {
      destination: result.targets[0]!.destination,
      options: {
        sessionId,
        postProcessor: ({ headers: { fields } }) => {
          fields.origDestination = result.subscribeDestination;
          fields.targetSessionId = sessionId;
        },
      },
    };
    known.set(destination, found);
    return found;
  }
}
