import { prefixOf } from '../destination/index.js';
import { quoted, StompException } from '../exception/index.js';
import {
  decodeUserName,
  destinationUserName,
  encodeUserName,
  meantSessionId,
  SimpMessageType,
  type Message,
  type MessageHeaders,
} from '../message/index.js';
import type { SimpUserRegistry } from './simp-user-registry.js';
import type {
  UserDestinationResolver,
  UserDestinationResult,
  UserDestinationTarget,
} from './user-destination-resolver.js';

/**
 * How user destinations begin, and those they are resolved to.
 *
 * @publicApi
 */
export interface UserDestinationResolverOptions {
  /** @default that of the module, else '/user/' */
  userDestinationPrefix?: string;
  /** Whether targets begin without `/`, for a broker whose destinations do. @default as the module's first broker needs it, else false */
  removeLeadingSlash?: boolean;
}

/**
 * Resolves user destinations by the registry (Spring: DefaultUserDestinationResolver): `/user/queue/x` of a session to
 * `/queue/x-user<session>`, `/user/{name}/queue/x` to one target for each session of the user, or only for the sender's
 * session when the message comes from a session of that user. What the application sends with the id of a session has
 * that session of the user as its target, or none. A session's own id as the name is that session.
 *
 * @publicApi
 */
export class RegistryUserDestinationResolver implements UserDestinationResolver {
  private prefix!: string;
  /** Without its last `/`. */
  private shownPrefix!: string;
  private removeLeadingSlash!: boolean;

  /**
   * @param options what is left out is as the module has it, where the resolver is one of a module
   * @throws StompException without a registry
   */
  constructor(
    private readonly registry: Pick<SimpUserRegistry, 'getUser'>,
    private readonly options: UserDestinationResolverOptions = {},
  ) {
    if (typeof registry?.getUser !== 'function')
      throw new StompException(
        `${new.target.name} got no registry: give the class a constructor that injects it, ` +
          'constructor(@Inject(SimpUserRegistry) registry: SimpUserRegistry) { super(registry); }',
        { code: 'STOMP_ERR_OPTION' },
      );
    this.useDefaults({});
  }

  /** @internal For what the constructor was not given. */
  useDefaults(defaults: UserDestinationResolverOptions): void {
    const { userDestinationPrefix = defaults.userDestinationPrefix ?? '/user/' } = this.options;
    const { removeLeadingSlash = defaults.removeLeadingSlash ?? false } = this.options;
    this.prefix = prefixOf(userDestinationPrefix);
    this.shownPrefix = this.prefix.slice(0, -1);
    this.removeLeadingSlash = removeLeadingSlash;
  }

  resolveDestination(message: Message): UserDestinationResult | undefined {
    const { messageType, destination } = message.headers;
    if (!destination?.startsWith(this.prefix)) return undefined;
    switch (messageType) {
      case SimpMessageType.MESSAGE:
        return this.forMessage(message, destination);
      case SimpMessageType.SUBSCRIBE:
      case SimpMessageType.UNSUBSCRIBE:
        return this.forSubscription(message, destination);
      default:
        return undefined;
    }
  }

  /** @internal What a destination behind `/user` stands for in one session; undefined where it needs a closer look. */
  forSession(destination: string, sessionId: string): UserDestinationResult | undefined {
    if (!destination.startsWith('/') || destination.startsWith(this.prefix)) return undefined;
    return this.result(this.shownPrefix + destination, destination, undefined, [sessionId]);
  }

  /** Where messages of a user destination go for one session; to be overridden where a broker needs other names. */
  protected targetDestination(actualDestination: string, sessionId: string): string {
    return `${actualDestination}-user${sessionId}`;
  }

  private forSubscription(
    { headers }: Message,
    destination: string,
  ): UserDestinationResult | undefined {
    const { sessionId, user } = headers;
    if (sessionId === undefined) return undefined;
    const name = user && destinationUserName(user);
    // Only checks: such a name could never be sent to.
    if (name !== undefined) encodeUserName(name);
    const actual = destination.slice(this.prefix.length - 1);
    return this.result(destination, actual, name, [sessionId]);
  }

  private forMessage({ headers }: Message, destination: string): UserDestinationResult {
    const userEnd = destination.indexOf('/', this.prefix.length);
    if (userEnd < 0)
      throw new StompException(
        `Expected destination pattern "${this.prefix}{user}/**", not ${quoted(destination)}`,
        { code: 'STOMP_ERR_USER_DESTINATION' },
      );
    const actual = destination.slice(userEnd);
    const name = decodeUserName(destination.slice(this.prefix.length, userEnd));
    const { sessionId } = headers;
    if (name === sessionId) return this.result(destination, actual, undefined, [sessionId]);
    return this.result(destination, actual, name, this.sessionsOf(name, headers));
  }

  private sessionsOf(name: string, { sessionId, fields }: MessageHeaders): readonly string[] {
    const user = this.registry.getUser(name);
    if (!user) return [];
    if (sessionId !== undefined) {
      if (user.getSession(sessionId)) return [sessionId];
      // Differs from Spring: what was meant for one session is not for the others when that one has gone.
      if (meantSessionId(fields) !== undefined) return [];
    }
    return Array.from(user.sessions, ({ id }) => id);
  }

  private result(
    sourceDestination: string,
    actual: string,
    user: string | undefined,
    sessionIds: readonly string[],
  ): UserDestinationResult {
    // A user destination inside a user destination would multiply by the sessions of the user at every level.
    if (actual.startsWith(this.prefix))
      throw new StompException(
        `A user destination inside a user destination: ${quoted(sourceDestination)}`,
        { code: 'STOMP_ERR_USER_DESTINATION' },
      );
    const start = this.removeLeadingSlash ? actual.slice(1) : actual;
    const targets = sessionIds.map((sessionId): UserDestinationTarget => {
      return { destination: this.targetDestination(start, sessionId), sessionId };
    });
    const subscribeDestination = this.shownPrefix + actual;
    return { sourceDestination, subscribeDestination, user, targets };
  }
}
