import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { MessageBroker } from './broker/index.js';
import {
  isPending,
  type HandlingResult,
  type PublishSubscribeChannel,
  type StompEvents,
} from './channel/index.js';
import type { DestinationRouter } from './destination/index.js';
import { errorText, quoted, StompException } from './exception/index.js';
import { MessageBuilder, SimpMessageHeaderAccessor, type Message } from './message/index.js';
import type { StompModuleOptions } from './stomp-options.js';
import {
  UserDestinationBroadcast,
  UserRegistryBroadcast,
  type ClusterChannel,
  type SimpUserRegistry,
  type UserDestinationTarget,
} from './user/index.js';

interface ClusterRooms {
  readonly brokers: readonly MessageBroker[];
  readonly brokerChannel: PublishSubscribeChannel;
  readonly registry: SimpUserRegistry;
  readonly events: StompEvents;
}

/** What joins the nodes of an application: topics of a relayed broker, if options name them. */
export class StompCluster {
  /** Topics among nodes; no client may use them. */
  readonly destinations: readonly string[];
  /** Takes messages to users who are not on this node; undefined when nobody does. */
  readonly unresolved: ((message: Message) => HandlingResult) | undefined;
  /** Whether a message reaches a session from here: one of this node, or by a broker of all nodes. Undefined when nobody asks. */
  readonly isReachable: ((target: UserDestinationTarget) => boolean) | undefined;
  private readonly logger = new Logger('StompCluster');
  private readonly node = randomUUID();
  private readonly parts: { stop(): void }[] = [];

  /** @throws StompException when no broker takes a destination, or the broker that does keeps to this process or cannot subscribe the application */
  constructor(
    private readonly rooms: ClusterRooms,
    private readonly router: DestinationRouter,
    private readonly options: StompModuleOptions,
  ) {
    const { userDestinationBroadcast: unresolved, userRegistryBroadcast } = options;
    this.destinations = [unresolved, userRegistryBroadcast].filter((one) => one !== undefined);
    for (const destination of this.destinations) this.brokerOf(destination);
    if (unresolved === undefined) return;
    const {
      node,
      rooms: { brokerChannel, registry },
    } = this;
    const channel = this.channel(unresolved);
    const broadcast = new UserDestinationBroadcast({
      node,
      destination: unresolved,
      channel,
      brokerChannel,
      registry,
    });
    this.parts.push(broadcast);
    this.unresolved = broadcast.unresolved;
    this.isReachable = ({ destination, sessionId }) =>
      registry.getSession(sessionId) !== undefined || this.isSharedByNodes(destination);
  }

  /** Begins to tell the other nodes who is here; the brokers have started. */
  start(): void {
    const { userRegistryBroadcast: destination, userRegistryExpiryMs: expiryMs } = this.options;
    if (destination === undefined) return;
    const {
      node,
      rooms: { registry, events },
    } = this;
    const channel = this.channel(destination);
    this.parts.push(
      new UserRegistryBroadcast({ node, destination, registry, events, channel, expiryMs }),
    );
  }

  stop(): void {
    for (const part of this.parts) part.stop();
  }

  private channel(destination: string): ClusterChannel {
    const broker = this.brokerOf(destination);
    return {
      get available() {
        return broker.available;
      },
      publish: (to, body, headers, confirm = false) => {
        const message = systemMessage(to, body, headers);
        message.headers.fields.confirm = confirm;
        const result = broker.handleMessage(message);
        if (confirm) return result;
        this.logFailure(result, to);
      },
      subscribe: (to, listener) => broker.subscribeSystem(to, listener),
    };
  }

  private logFailure(result: HandlingResult, destination: string): void {
    if (!isPending(result)) return;
    const completed = 'completed' in result ? result.completed : result;
    completed.catch((error: unknown) =>
      this.logger.warn(
        `The other nodes were not told by ${quoted(destination)}: ${errorText(error)}`,
      ),
    );
  }

  private isSharedByNodes(destination: string): boolean {
    const { brokers } = this.router.route(destination);
    return brokers.some((index) => !this.rooms.brokers[index]!.isLocal);
  }

  private brokerOf(
    destination: string,
  ): Required<Pick<MessageBroker, 'subscribeSystem'>> & MessageBroker {
    const broker = this.rooms.brokers[this.router.route(destination).brokers[0] ?? -1];
    if (broker && !broker.isLocal && canSubscribeSystem(broker)) return broker;
    throw new StompException(
      `No broker takes '${destination}' for messages among nodes: choose a destination of a relay, or leave the option out`,
      { code: 'STOMP_ERR_OPTION' },
    );
  }
}

function canSubscribeSystem(
  broker: MessageBroker,
): broker is MessageBroker & Required<Pick<MessageBroker, 'subscribeSystem'>> {
  return broker.subscribeSystem !== undefined;
}

function systemMessage(
  destination: string,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): Message {
  const accessor = SimpMessageHeaderAccessor.create();
  const { 'content-type': contentType, ...native } = headers;
  accessor.setDestination(destination);
  accessor.setContentType(contentType);
  for (const [name, value] of Object.entries(native)) accessor.setNativeHeader(name, value);
  return MessageBuilder.createMessage(body, accessor);
}
