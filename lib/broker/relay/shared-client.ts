import type { HandlingResult } from '../../channel/index.js';
import { SimpMessageType, type Message, type SessionContext } from '../../message/index.js';
import { areTooMany, isLongLine } from './activemq.js';
import type { ClientRelay } from './client-relay.js';
import type { LastingConnection } from './lasting-connection.js';
import { frameFor } from './relay-outbound.js';
import { nameOf, RelaySubscription } from './relay-subscription.js';
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

/** A connection of a client's own; frames for it wait until it is ready. */
interface OwnConnection {
  readonly relay: ClientRelay;
  readonly ready: Promise<void>;
  isReady: boolean;
}

/**
 * A client in `shared` mode: on connections for all, until it needs what only a connection of its own can do. What it sends
 * stays in its order: all goes on the one connection, and then all on the other.
 */
export class SharedClient {
  private readonly shared = new Map<string, RelaySubscription>();
  private own: OwnConnection | undefined;
  /** Where it sent last on the connection for all. */
  private sentTo: string | undefined;

  constructor(
    private readonly session: SessionContext,
    private readonly context: SharedClientContext,
  ) {}

  handle(message: Message, extraHeaders?: Readonly<Record<string, string>>): HandlingResult {
    const { fields } = message.headers;
    if (fields.messageType === SimpMessageType.MESSAGE && !this.own && this.isSendable(message))
      return this.send(message, extraHeaders);
    if (fields.messageType === SimpMessageType.SUBSCRIBE && this.isShareable(message))
      return this.subscribe(message);
    if (fields.messageType === SimpMessageType.UNSUBSCRIBE && this.shared.has(nameOf(fields)))
      return this.unsubscribe(nameOf(fields));
    return this.handleAlone(message, extraHeaders);
  }

  moveTo(host: string): void {
    this.own?.relay.moveTo(host);
  }

  async end(): Promise<void> {
    for (const subscription of this.shared.values()) this.context.topics.unsubscribe(subscription);
    this.shared.clear();
    await this.own?.relay.end();
  }

  private send(message: Message, extraHeaders?: Readonly<Record<string, string>>): HandlingResult {
    const { sending } = this.context;
    this.sentTo = message.headers.fields.destination;
    const completed = sending.send(frameFor(message, extraHeaders), message.headers.fields.confirm);
    const entered = sending.whenDrained();
    return entered ? { entered, completed: completed ?? entered } : completed;
  }

  private isSendable({ headers: { fields } }: Message): boolean {
    if (areTooMany(fields.native.size) || fields.native.has('transaction')) return false;
    if (!this.isSharedTopic(fields.destination!)) return false;
    for (const [name, value] of fields.native)
      if (BROKER_HEADER.test(name) || isLongLine(name, value)) return false;
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
    if (this.context.topics.isRefused(fields.destination!)) return false;
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
    this.shared.set(nameOf(fields), subscription);
    const stored = this.context.topics.subscribe(subscription);
    return { entered: stored, completed: stored };
  }

  private unsubscribe(name: string): void {
    this.context.topics.unsubscribe(this.shared.get(name)!);
    this.shared.delete(name);
  }

  private handleAlone(
    message: Message,
    extraHeaders?: Readonly<Record<string, string>>,
  ): HandlingResult {
    const own = (this.own ??= this.openOwn());
    const isSubscribe = message.headers.messageType === SimpMessageType.SUBSCRIBE;
    if (own.isReady && !isSubscribe) return own.relay.handle(message, extraHeaders);
    // As `subscribe`: other connections may send to it next, the application's too.
    const completed = own.ready.then(async () => {
      const result = own.relay.handle(message, extraHeaders, isSubscribe || undefined);
      await (result && 'completed' in result ? result.completed : result);
    });
    return { entered: isSubscribe ? completed : own.ready, completed };
  }

  private openOwn(): OwnConnection {
    const { relay, opened } = this.context.openOwn(this.session);
    const ready = Promise.all([opened, this.whenSent()]).then(() => {
      own.isReady = true;
    });
    ready.catch(ignore);
    const own = { relay, ready, isReady: false };
    return own;
  }

  /** Settles when the broker has dealt with what was sent on the connection for all. */
  private async whenSent(): Promise<void> {
    const { sentTo, context } = this;
    const { topics, sending } = context;
    if (sentTo === undefined || topics.isRefused(sentTo)) return;
    const onRefused = (): void => topics.rememberRefused(sentTo);
    // A SUBSCRIBE is confirmed behind what was sent before it, and nobody else notices it.
    const { stored, end } = sending.subscribe(sentTo, { onMessage: ignore, onRefused });
    await stored.catch(ignore);
    end();
  }
}

function ignore(): void {
  // Who sent hears of it elsewhere.
}
