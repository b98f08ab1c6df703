import {
  ClientOutboundChannel,
  StompEvents,
  type Delivery,
  type StompEvent,
} from '../../../lib/channel/index.js';
import { SimpleBroker, type SimpleBrokerOptions } from '../../../lib/broker/simple/index.js';
import { DestinationRouter } from '../../../lib/destination/index.js';
import { StompCommand, type StompVersion } from '../../../lib/frame/index.js';
import {
  MessageBuilder,
  SimpMessageHeaderAccessor,
  SimpMessageType,
  StompHeaderAccessor,
  type Message,
  type SessionContext,
} from '../../../lib/message/index.js';

/** One MESSAGE as its client sees it. */
export interface Received {
  readonly subscription: string | undefined;
  readonly destination: string;
  readonly body: string;
  readonly messageId: string;
  readonly ack: string | undefined;
  readonly redelivered: boolean;
}

type Headers = Record<string, string>;

/** The session side of a client: sends what a session would send, and notes what is delivered to it. */
export class Client {
  readonly received: Received[] = [];
  readonly session: SessionContext;

  constructor(
    id: string,
    version: StompVersion,
    private readonly broker: SimpleBroker,
    isTextOnly = false,
  ) {
    this.session = {
      id,
      version,
      isTextOnly,
      attributes: new Map(),
      user: undefined,
    } as unknown as SessionContext;
  }

  /** The bodies received so far. */
  get bodies(): string[] {
    return this.received.map(({ body }) => body);
  }

  get last(): Received {
    return this.received.at(-1)!;
  }

  connect(): this {
    this.handle(StompCommand.CONNECT, {});
    return this;
  }

  subscribe(
    id: string | undefined,
    destination: string,
    headers: Headers = {},
    origDestination?: string,
  ): void {
    this.handle(StompCommand.SUBSCRIBE, headers, { id, destination, origDestination });
  }

  unsubscribe(id: string | undefined, destination: string): void {
    this.handle(StompCommand.UNSUBSCRIBE, {}, { id, destination });
  }

  send(destination: string, body: string, headers: Headers = {}): void {
    this.handle(StompCommand.SEND, headers, { destination }, body);
  }

  ack(id: string, headers: Headers = {}): void {
    this.handle(StompCommand.ACK, { id, ...headers });
  }

  nack(id: string, headers: Headers = {}): void {
    this.handle(StompCommand.NACK, { id, ...headers });
  }

  transaction(command: 'BEGIN' | 'COMMIT' | 'ABORT', transaction: string): void {
    this.handle(StompCommand[command], { transaction });
  }

  frame(command: StompCommand, headers: Headers): void {
    this.handle(command, headers);
  }

  disconnect(): void {
    this.handle(StompCommand.DISCONNECT, {});
  }

  private handle(
    command: StompCommand,
    native: Headers,
    {
      id,
      destination,
      origDestination,
    }: { id?: string; destination?: string; origDestination?: string } = {},
    body = '',
  ): void {
    const accessor = StompHeaderAccessor.create(command);
    for (const [name, value] of Object.entries(native)) accessor.setNativeHeader(name, value);
    accessor.setSubscriptionId(id);
    accessor.setDestination(destination);
    const headers = accessor.getMessageHeaders();
    headers.fields.session = this.session;
    headers.fields.origDestination = origDestination;
    void this.broker.handleMessage(MessageBuilder.createMessage(Buffer.from(body), headers));
  }
}

/** A started broker, a real outbound channel, and clients behind it. */
export class Bench {
  readonly broker: SimpleBroker;
  readonly outbound = new ClientOutboundChannel();
  readonly events: StompEvent[] = [];
  readonly deliveries: Delivery[] = [];
  private readonly clients = new Map<string, Client>();
  private readonly stompEvents = new StompEvents();

  constructor(
    options: SimpleBrokerOptions = {},
    private readonly pathSeparator = '/',
  ) {
    this.broker = new SimpleBroker(options);
    this.stompEvents.on('brokerAvailability', (event) => this.events.push(event));
    this.outbound.subscribeDeliveries({ handleDelivery: (delivery) => this.note(delivery) });
  }

  start(): this {
    const { outbound, pathSeparator } = this;
    const router = new DestinationRouter({ application: [], user: '/user/', brokers: [[]] });
    this.broker.start({ index: 0, outbound, events: this.stompEvents, router, pathSeparator });
    return this;
  }

  connect(id: string, version: StompVersion = '1.2', isTextOnly = false): Client {
    const client = new Client(id, version, this.broker, isTextOnly);
    this.clients.set(id, client);
    return client.connect();
  }

  /** Publishes as the application does. */
  publish(
    destination: string,
    body: string | Buffer,
    headers: Headers = {},
    origDestination?: string,
    targetSessionId?: string,
  ): void {
    const accessor = SimpMessageHeaderAccessor.create(SimpMessageType.MESSAGE);
    accessor.setDestination(destination);
    for (const [name, value] of Object.entries(headers)) accessor.setNativeHeader(name, value);
    const messageHeaders = accessor.getMessageHeaders();
    messageHeaders.fields.origDestination = origDestination;
    messageHeaders.fields.targetSessionId = targetSessionId;
    const octets = Buffer.from(body as string);
    void this.broker.handleMessage(MessageBuilder.createMessage(octets, messageHeaders));
  }

  private note(delivery: Delivery): void {
    this.deliveries.push(delivery);
    for (const { session, subscriptionId } of delivery.receivers)
      this.clients.get(session.id)?.received.push(received(delivery, subscriptionId));
  }
}

function received(delivery: Delivery, subscription: string | undefined): Received {
  const { messageId, ack, redelivered } = delivery;
  const message = delivery.message as Message<Buffer>;
  const { destination = '' } = message.headers;
  const body = message.payload.toString();
  return { subscription, destination, body, messageId, ack, redelivered: redelivered === true };
}
