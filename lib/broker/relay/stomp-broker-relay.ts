import { Logger } from '@nestjs/common';
import type { HandlingResult } from '../../channel/index.js';
import { StompCommand, type StompFrame } from '../../frame/index.js';
import { SimpMessageType, type Message, type SessionContext } from '../../message/index.js';
import { brokerInUse } from '../broker-in-use.js';
import type { BrokerContext, MessageBroker } from '../message-broker.js';
import { checkActiveMqSend } from './activemq.js';
import type { BrokerConnectionOptions } from './broker-connection.js';
import { BrokerDialer } from './broker-dialer.js';
import { checkChosenDestination, checkClientFrame, TARGET_HEADER } from './client-isolation.js';
import { ClientRelay } from './client-relay.js';
import { KeptMessages } from './kept-messages.js';
import { LastingConnection, type LastingConnectionListener } from './lasting-connection.js';
import { BrokerUnavailableException, reasonOf } from './relay.exceptions.js';
import { checkRabbitMqSend, isRabbitMq, RABBITMQ_USER_QUEUES } from './rabbitmq.js';
import { frameOf } from './relay-frame.js';
import { connectFrameFor, frameFor } from './relay-outbound.js';
import { SharedClient } from './shared-client.js';
import { SharedTopics } from './shared-topics.js';
import { RelayStatistics } from './relay-statistics.js';
import { subscribeApplication } from './system-subscription.js';
import { checkRelayOptions, type StompBrokerRelayOptions } from './stomp-broker-relay-options.js';

interface RelayedClient {
  handle(message: Message, extraHeaders?: Readonly<Record<string, string>>): HandlingResult;
  /** The relay's connections are at this address now. */
  moveTo(host: string): void;
  end(): Promise<void>;
}

const ACCEPT_VERSION = '1.1,1.2';

/**
 * Passes messages on to an external broker over STOMP and TCP (Spring: StompBrokerRelayMessageHandler).
 *
 * @publicApi
 * @throws StompException when an option makes no sense
 */
export function stompBrokerRelay(options: StompBrokerRelayOptions = {}): StompBrokerRelay {
  return new StompBrokerRelay(options);
}

/**
 * A broker elsewhere, as RabbitMQ or ActiveMQ: what clients send to its destinations goes there, and what comes back
 * goes to them. Acknowledgement, transactions, receipts and selectors work as that broker does them.
 *
 * It belongs to one application at a time: a start after a stop begins with nothing, its counts and the application's
 * subscriptions included.
 *
 * @publicApi
 */
export class StompBrokerRelay implements MessageBroker {
  readonly name: string;
  readonly destinationPrefixes: readonly string[];
  readonly statistics = new RelayStatistics();
  private readonly logger = new Logger('StompBrokerRelay');
  private readonly clients = new Map<string, RelayedClient>();
  private readonly connections: BrokerConnectionOptions;
  private readonly dialer: BrokerDialer;
  private readonly system: LastingConnection;
  private readonly lasting: LastingConnection[];
  private readonly kept: KeptMessages;
  private topics: SharedTopics | undefined;
  private context!: BrokerContext;
  private state: 'new' | 'running' | 'stopping' | 'stopped' = 'new';
  private ownConnections = 0;
  private wasAvailable = false;
  private isRabbit = false;
  private userHeaders: Readonly<Record<string, string>> | undefined;
  private addedHeaders: ReadonlySet<string> = new Set([TARGET_HEADER]);

  /** @throws StompException when an option makes no sense */
  constructor(private readonly options: StompBrokerRelayOptions) {
    checkRelayOptions(options);
    this.name = options.name ?? 'relay';
    this.destinationPrefixes = options.destinations ?? [];
    this.connections = {
      connectTimeoutMs: options.connectTimeoutMs ?? 60_000,
      disconnectTimeoutMs: options.disconnectTimeoutMs ?? 2000,
      maxFrameBytes: options.maxFrameBytes ?? 16_777_216,
      statistics: this.statistics,
    };
    this.dialer = new BrokerDialer(options);
    this.kept = new KeptMessages(options.maxBufferedMessages ?? 0);
    const { systemLogin = 'guest', systemPasscode = 'guest' } = options;
    this.system = this.lastingConnection(systemLogin, systemPasscode);
    const shared = options.connections === 'shared' ? (options.sharedConnections ?? 2) : 0;
    const { clientLogin = 'guest', clientPasscode = 'guest' } = options;
    this.lasting = [
      this.system,
      ...Array.from({ length: shared }, () => this.lastingConnection(clientLogin, clientPasscode)),
    ];
    if (typeof options.userDestinationHeaders === 'object')
      this.addToUserDestinations(options.userDestinationHeaders);
  }

  get available(): boolean {
    return this.lasting.every((connection) => connection.isUp);
  }

  /** Connections of clients' own that are open now. */
  get clientConnections(): number {
    return this.options.connections === 'shared' ? this.ownConnections : this.clients.size;
  }

  /** Subscriptions held at the broker for all clients of a topic, in `shared` mode. */
  get sharedSubscriptions(): number {
    return this.topics?.size ?? 0;
  }

  /** Messages of the application that wait for the broker to come back. */
  get bufferedMessages(): number {
    return this.kept.size;
  }

  /** @throws StompException while it runs, or has not ended its connections yet */
  start(context: BrokerContext): void {
    if (this.state === 'running' || this.state === 'stopping')
      throw brokerInUse(this.name, 'stompBrokerRelay');
    this.state = 'running';
    this.context = context;
    Object.assign(this.statistics, new RelayStatistics());
    const [, subscribing] = this.lasting;
    if (subscribing) this.topics = new SharedTopics(subscribing, context);
    for (const connection of this.lasting) connection.start();
  }

  async stop(): Promise<void> {
    this.state = 'stopping';
    const lost = this.kept.refuseAll(this.hasStopped());
    if (lost > 0)
      this.logger.warn(
        `Broker '${this.name}': ${lost} messages that were kept while it was away (maxBufferedMessages) are lost, as the application ends`,
      );
    await Promise.all([...this.clients.values()].map((client) => client.end()));
    this.clients.clear();
    await Promise.all(this.lasting.map((connection) => connection.stop()));
    this.state = 'stopped';
  }

  handleMessage(message: Message): HandlingResult {
    const { fields } = message.headers;
    const { session } = fields;
    if (session === undefined) return this.sendFromApplication(message);
    if (fields.messageType === SimpMessageType.CONNECT) return this.connectClient(session, message);
    if (fields.messageType === SimpMessageType.DISCONNECT) return this.endClient(session);
    // Who leaves a topic needs no broker for it.
    if (fields.messageType !== SimpMessageType.UNSUBSCRIBE) this.checkAvailable();
    checkClientFrame(message, {
      isLiteral: this.isRabbit,
      allowQueueHeaders: this.options.allowQueueHeaders ?? false,
      overwritten: this.addedHeaders,
    });
    const client = this.clients.get(session.id);
    if (!client) throw new BrokerUnavailableException('Connection to broker closed.');
    return client.handle(message, this.userHeadersFor(message));
  }

  subscribeSystem(destination: string, listener: (message: Message) => void): () => void {
    return subscribeApplication(this.system, destination, listener);
  }

  private sendFromApplication(message: Message): HandlingResult {
    if (message.headers.messageType !== SimpMessageType.MESSAGE) return;
    if (this.system.isUp && this.kept.size === 0) return this.sendNow(message);
    if (this.state === 'stopping' || this.state === 'stopped') throw this.hasStopped();
    if (!this.kept.isFull) return this.kept.keep(message);
    const reason = this.system.isUp ? 'has yet to take what was kept for it' : 'not active';
    throw new BrokerUnavailableException(
      `Message broker '${this.name}' ${reason}: the message for '${message.headers.destination}' was not sent. ` +
        'Listen to brokerAvailability, or set maxBufferedMessages',
    );
  }

  private hasStopped(): BrokerUnavailableException {
    return new BrokerUnavailableException(`Message broker '${this.name}' has stopped.`);
  }

  private readonly sendNow = (message: Message): Promise<void> | undefined => {
    const frame = frameFor(message, this.userHeadersFor(message));
    if (this.isRabbit) checkRabbitMqSend(frame, this.options.systemLogin ?? 'guest');
    else {
      checkChosenDestination(message);
      checkActiveMqSend(frame);
    }
    return this.system.send(frame, message.headers.fields.confirm);
  };

  private connectClient(session: SessionContext, message: Message): HandlingResult {
    this.checkAvailable();
    const { clientLogin = 'guest', clientPasscode = 'guest', virtualHost } = this.options;
    const own = { login: clientLogin, passcode: clientPasscode, host: virtualHost };
    if (this.topics) {
      const version = { 'accept-version': session.version ?? '1.0' };
      const connect = connectFrameFor(message, { ...own, ...version });
      this.enter(session, this.sharedClient(session, connect));
      return;
    }
    const { relay, opened } = this.openOwn(session, connectFrameFor(message, own));
    this.enter(session, relay);
    return opened;
  }

  /** A client whose CONNECT failed elsewhere may say it again. */
  private enter({ id }: SessionContext, client: RelayedClient): void {
    this.clients
      .get(id)
      ?.end()
      .catch(() => undefined);
    this.clients.set(id, client);
  }

  private sharedClient(session: SessionContext, connect: StompFrame): SharedClient {
    // The first of several takes what the broker sends.
    const sending = this.lasting.slice(this.lasting.length > 2 ? 2 : 1);
    return new SharedClient(session, {
      sending: sending[hash(session.id) % sending.length]!,
      topics: this.topics!,
      sharedDestinations: this.options.sharedDestinations ?? ['/topic'],
      openOwn: (one) => this.openOwn(one, connect),
    });
  }

  private openOwn(
    session: SessionContext,
    connect: StompFrame,
  ): { relay: ClientRelay; opened: Promise<void> } {
    this.ownConnections++;
    const onEnd = (): void => {
      this.ownConnections--;
      if (this.clients.get(session.id) === relay) this.clients.delete(session.id);
    };
    const relay = new ClientRelay(session, this.context, () => this.addedHeaders, onEnd);
    const opened = relay.open(this.dialer, connect, this.heartbeat, this.connections);
    opened.catch(() => undefined);
    return { relay, opened };
  }

  private endClient(session: SessionContext): HandlingResult {
    const client = this.clients.get(session.id);
    this.clients.delete(session.id);
    return client?.end();
  }

  private checkAvailable(): void {
    if (!this.available) throw new BrokerUnavailableException('Broker not available.');
  }

  private addToUserDestinations(headers: Readonly<Record<string, string>> | undefined): void {
    this.userHeaders = headers;
    this.addedHeaders = new Set([...Object.keys(headers ?? {}), TARGET_HEADER]);
  }

  private userHeadersFor({
    headers: { fields },
  }: Message): Readonly<Record<string, string>> | undefined {
    if (fields.origDestination === undefined) return undefined;
    const { messageType } = fields;
    return messageType === SimpMessageType.SUBSCRIBE || messageType === SimpMessageType.MESSAGE
      ? this.userHeaders
      : undefined;
  }

  private get heartbeat(): readonly number[] {
    const {
      systemHeartbeatSendInterval: send = 10_000,
      systemHeartbeatReceiveInterval: receive = 10_000,
    } = this.options;
    return [send, receive];
  }

  private lastingConnection(login: string, passcode: string): LastingConnection {
    const { options } = this;
    const reconnectDelayMs = options.reconnectDelayMs ?? 5000;
    const connect = frameOf(StompCommand.CONNECT, {
      'accept-version': ACCEPT_VERSION,
      login,
      passcode,
      'heart-beat': this.heartbeat.join(),
      host: options.virtualHost,
    });
    const listener: LastingConnectionListener = {
      onUp: (connected, host) => this.cameUp(connected, host),
      onDown: (error, host) => this.wentDown(error, host),
      onUnwritten: (messages, host) =>
        this.logger.warn(
          `Broker '${this.name}' at ${host} did not take ${messages} messages in ${this.connections.disconnectTimeoutMs} ms ` +
            'after the connection was to end: they are lost. "disconnectTimeoutMs" gives it more time',
        ),
    };
    return new LastingConnection(
      this.dialer,
      {
        ...this.connections,
        connect,
        maxBufferBytes: options.maxBufferBytes ?? 16_777_216,
        reconnectDelayMs,
        maxReconnectDelayMs: options.maxReconnectDelayMs ?? reconnectDelayMs,
        reconnectJitter: options.reconnectJitter ?? 0,
      },
      listener,
    );
  }

  private cameUp(connected: StompFrame, host: string): void {
    const { userDestinationHeaders = 'auto' } = this.options;
    if (this.dialer.isOneAddress) this.moveTo(host);
    this.isRabbit = isRabbitMq(connected);
    if (userDestinationHeaders === 'auto')
      this.addToUserDestinations(this.isRabbit ? RABBITMQ_USER_QUEUES : undefined);
    if (this.system.isUp)
      void this.kept.sendAll(this.system, this.sendNow, (error) =>
        this.logger.warn(`A kept message was not sent: ${reasonOf(error as Error)}`),
      );
    if (!this.available || this.wasAvailable) return;
    this.wasAvailable = true;
    this.logger.log(`Broker '${this.name}' is available at ${host}`);
    this.context.events.publish({
      type: 'brokerAvailability',
      available: true,
      broker: this.name,
      host,
    });
  }

  // Brokers at two addresses may know nothing of each other's messages.
  private moveTo(host: string): void {
    for (const connection of this.lasting) connection.moveTo(host);
    for (const client of this.clients.values()) client.moveTo(host);
  }

  private wentDown(error: Error | undefined, host: string): void {
    if (error) this.logger.warn(`Broker '${this.name}' at ${host}: ${reasonOf(error)}`);
    if (!this.wasAvailable) return;
    this.wasAvailable = false;
    this.context.events.publish({
      type: 'brokerAvailability',
      available: false,
      broker: this.name,
      host,
    });
  }
}

function hash(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) >>> 0;
  return sum;
}
