import type { HandlingResult } from '../../channel/index.js';
import { SimpMessageType, type Message, type SessionContext } from '../../message/index.js';
import type { ClientRelay } from './client-relay.js';
import type { LastingConnection } from './lasting-connection.js';
import { frameFor } from './relay-outbound.js';
import { RelaySubscription } from './relay-subscription.js';
import type { SharedTopics } from './shared-topics.js';

/** Headers of a SUBSCRIBE that any client of the topic could have sent. */
const PLAIN_HEADERS = new Set(['id', 'destination', 'ack', 'receipt']);
/**
 * What brokers act upon when they find it in a SEND. They answer a mistake with ERROR and close the connection, which
 * must then be the client's own.
 */
const BROKER_HEADER =
  /^(?:x-|jms|amq|amqp-|transformation|(?:message-id|b?cc|reply-to|persistent|priority|timestamp|expires|expiration|correlation-id|content-encoding|type|user-id|app-id|cluster-id|delivery-mode|durable|auto-delete|exclusive)$)/i;
/** Names of topics that every broker takes, with the wildcards of RabbitMQ and ActiveMQ, and short enough for AMQP. */
const PLAIN_NAME = /^\/[\w.*#>~@+=:-]{1,200}$/;

export interface SharedClientContext {
  readonly sending: LastingConnection;
  readonly topics: SharedTopics;
  readonly sharedDestinations: readonly string[];
  /** Opens a connection of the client's own. */
  openOwn(session: SessionContext): { relay: ClientRelay; opened: Promise<void> };
}

/** A client in `shared` mode: on connections for all, until it needs what only a connection of its own can do. */
export class SharedClient {
  private readonly shared = new Map<string | undefined, RelaySubscription>();
  private own: { relay: ClientRelay; opened: Promise<void> } | undefined;

  constructor(
    private readonly session: SessionContext,
    private readonly context: SharedClientContext,
  ) {}

  handle(message: Message, extraHeaders?: Readonly<Record<string, string>>): HandlingResult {
    const { fields } = message.headers;
    if (fields.messageType === SimpMessageType.MESSAGE && this.isSendable(message))
      return this.send(message, extraHeaders);
    if (fields.messageType === SimpMessageType.SUBSCRIBE && this.isShareable(message))
      return this.subscribe(message);
    const subscription = this.shared.get(fields.subscriptionId);
    if (fields.messageType === SimpMessageType.UNSUBSCRIBE && subscription)
      return this.unsubscribe(subscription);
    return this.handleAlone(message, extraHeaders);
  }

  async end(): Promise<void> {
    for (const subscription of this.shared.values()) this.context.topics.unsubscribe(subscription);
    this.shared.clear();
    await this.own?.relay.end();
  }

  private send(message: Message, extraHeaders?: Readonly<Record<string, string>>): HandlingResult {
    const { sending } = this.context;
    const completed = sending.send(frameFor(message, extraHeaders), message.headers.fields.confirm);
    const entered = sending.whenDrained();
    return entered ? { entered, completed: completed ?? entered } : completed;
  }

  private isSendable({ headers: { fields } }: Message): boolean {
    if (fields.native.has('transaction') || !this.isSharedTopic(fields.destination!)) return false;
    for (const [name] of fields.native) if (BROKER_HEADER.test(name)) return false;
    return true;
  }

  // A destination that a broker may refuse would cost all clients their connection.
  private isSharedTopic(destination: string): boolean {
    return this.context.sharedDestinations.some(
      (prefix) =>
        destination.startsWith(prefix) && PLAIN_NAME.test(destination.slice(prefix.length)),
    );
  }

  private isShareable({ headers: { fields } }: Message): boolean {
    const ack = fields.native.get('ack') ?? 'auto';
    if (ack !== 'auto' || fields.origDestination !== undefined) return false;
    if (!this.isSharedTopic(fields.destination!)) return false;
    for (const [name] of fields.native) if (!PLAIN_HEADERS.has(name)) return false;
    return true;
  }

  // The next frame may be a SEND to the same destination, on another connection: it waits until the broker is subscribed.
  private subscribe({ headers: { fields } }: Message): HandlingResult {
    const subscription = new RelaySubscription(
      this.session,
      fields.subscriptionId,
      fields.destination!,
      undefined,
    );
    this.shared.set(fields.subscriptionId, subscription);
    const stored = this.context.topics.subscribe(subscription);
    return { entered: stored, completed: stored };
  }

  private unsubscribe(subscription: RelaySubscription): void {
    this.shared.delete(subscription.subscriptionId);
    this.context.topics.unsubscribe(subscription);
  }

  private handleAlone(
    message: Message,
    extraHeaders?: Readonly<Record<string, string>>,
  ): HandlingResult {
    const own = (this.own ??= this.context.openOwn(this.session));
    if (own.relay.isOpen) return own.relay.handle(message, extraHeaders);
    const completed = own.opened.then(async () => {
      const result = own.relay.handle(message, extraHeaders);
      await (result && 'completed' in result ? result.completed : result);
    });
    return { entered: own.opened, completed };
  }
}
