import type { MessageBroker } from './broker/index.js';
import type { PublishSubscribeChannel } from './channel/index.js';
import type { DestinationRouter } from './destination/index.js';
import type { StompCluster } from './stomp-cluster.js';
import {
  RegistryUserDestinationResolver,
  SessionDestinations,
  UserDestinationMessageHandler,
  type SimpUserRegistry,
  type UserDestinationResolver,
} from './user/index.js';

/** What of an instance has to do with user destinations. */
export interface UserDestinationRooms {
  readonly brokerChannel: PublishSubscribeChannel;
  readonly registry: SimpUserRegistry;
  readonly router: DestinationRouter;
  readonly brokers: readonly MessageBroker[];
  readonly cluster: StompCluster;
}

/** Who resolves the user destinations of an instance. */
export class StompUserDestinations {
  /** To be subscribed to the channels. */
  readonly handler: UserDestinationMessageHandler;
  /** Undefined where what they stand for is said by somebody else, or goes to a broker that may answer later. */
  readonly ofSessions: SessionDestinations | undefined;

  /** @param own the application's resolver */
  constructor(
    { brokerChannel, registry, router, brokers, cluster }: UserDestinationRooms,
    userDestinationPrefix: string,
    own: UserDestinationResolver | undefined,
  ) {
    const options = { userDestinationPrefix, removeLeadingSlash: router.isWithoutSlash };
    const resolver = new RegistryUserDestinationResolver(registry, options);
    if (own instanceof RegistryUserDestinationResolver) own.useDefaults(options);
    const handler = new UserDestinationMessageHandler({
      brokerChannel,
      resolver: own ?? resolver,
      destinationPrefixes: own ? [] : [router.prefixes.user],
      onUnresolved: cluster.unresolved,
      isReachable: cluster.isReachable,
    });
    const isUnwatched = (): boolean => handler.isAloneWith(router.prefixes.user);
    this.handler = handler;
    if (!own && brokers.every(({ isLocal }) => isLocal))
      this.ofSessions = new SessionDestinations({ registry, resolver, isUnwatched });
  }
}
