import { Logger } from '@nestjs/common';
import {
  ClientOutboundChannel,
  PublishSubscribeChannel,
  StompEvents,
  type Delivery,
  type HandlingResult,
  type MessageHandler,
  type Receiver,
  type StompEvent,
} from '../../lib/channel/index.js';
import { DestinationRouter } from '../../lib/destination/index.js';
import {
  Message,
  MessageHeaders,
  NativeHeaders,
  newHeaderFields,
  SimpMessageType,
  type HeaderFields,
  type SessionContext,
} from '../../lib/message/index.js';
import { StompServer, type StompServerParts } from '../../lib/session/index.js';
import { Turn } from '../../lib/transport/index.js';
import { MemoryConnection, type MemoryConnectionOptions } from './memory-connection.js';
import type { Headers } from './stomp-wire.js';

interface RigSubscription extends Receiver {
  readonly destination: string;
}

/** Stands for everything behind clientInboundChannel: keeps what came, and brings messages to subscriptions. */
export class RigBroker implements MessageHandler {
  readonly seen: Message<Buffer>[] = [];
  /** Answers in place of the default, which is to be done at once. */
  onMessage: (message: Message<Buffer>) => HandlingResult = () => undefined;
  private subscriptions: readonly RigSubscription[] = [];
  private readonly receivers = new Map<string, readonly Receiver[]>();
  private count = 0;

  constructor(private readonly outbound: ClientOutboundChannel) {}

  handleMessage(message: Message): HandlingResult {
    this.seen.push(message as Message<Buffer>);
    const { messageType, session, destination, subscriptionId } = message.headers.fields;
    const isOf = (one: RigSubscription) =>
      one.session === session && one.subscriptionId === subscriptionId;
    if (messageType === SimpMessageType.SUBSCRIBE && destination)
      this.set([...this.subscriptions, { session: session!, subscriptionId, destination }]);
    if (messageType === SimpMessageType.UNSUBSCRIBE)
      this.set(this.subscriptions.filter((one) => !isOf(one)));
    if (messageType === SimpMessageType.DISCONNECT)
      this.set(this.subscriptions.filter((one) => one.session !== session));
    if (messageType === SimpMessageType.MESSAGE) this.publish(message as Message<Buffer>);
    return this.onMessage(message as Message<Buffer>);
  }

  get subscriptionCount(): number {
    return this.subscriptions.length;
  }

  commands(): (string | undefined)[] {
    return this.seen.map((message) => message.headers.command);
  }

  /** Brings a message to all subscriptions of its destination. */
  publish(message: Message<Buffer>, more: Partial<Delivery> = {}): void {
    const receivers = this.receiversOf(message.headers.destination ?? '');
    if (receivers.length > 0)
      this.outbound.deliver({ message, messageId: `m-${this.count++}`, receivers, ...more });
  }

  private receiversOf(destination: string): readonly Receiver[] {
    const known = this.receivers.get(destination);
    if (known) return known;
    const receivers = this.subscriptions.filter((one) => one.destination === destination);
    this.receivers.set(destination, receivers);
    return receivers;
  }

  private set(subscriptions: readonly RigSubscription[]): void {
    this.subscriptions = subscriptions;
    this.receivers.clear();
  }
}

export interface RigOptions extends Partial<StompServerParts> {
  brokerCount?: number;
  prefixes?: readonly (readonly string[])[];
}

/** A session room with real channels around it and a broker of its own behind them. */
export class SessionRig {
  readonly inbound = new PublishSubscribeChannel('clientInboundChannel');
  readonly outbound = new ClientOutboundChannel();
  readonly events = new StompEvents();
  readonly eventLog: StompEvent[] = [];
  readonly turn = new Turn();
  readonly broker = new RigBroker(this.outbound);
  readonly server: StompServer;

  constructor({ brokerCount = 1, prefixes, ...parts }: RigOptions = {}) {
    Logger.overrideLogger(false);
    const brokers = prefixes ?? Array.from({ length: brokerCount }, () => []);
    this.server = new StompServer({
      inbound: this.inbound,
      outbound: this.outbound,
      router: new DestinationRouter({ application: ['/app/'], user: '/user/', brokers }),
      events: this.events,
      turn: this.turn,
      brokers: brokers.map(() => ({})),
      ...parts,
    });
    this.events.events$.subscribe((event) => this.eventLog.push(event));
    this.inbound.subscribe(this.broker);
    this.server.start();
  }

  eventTypes(): string[] {
    return this.eventLog.map((event) => event.type);
  }

  /** A connection on which nothing was said yet. */
  open(options?: MemoryConnectionOptions): MemoryConnection {
    const connection = new MemoryConnection(options);
    connection.listener = this.server.accept(connection);
    return connection;
  }

  /** A connected session. */
  connect(headers: Headers = {}, options?: MemoryConnectionOptions): MemoryConnection {
    const connection = this.open(options);
    connection.send('CONNECT', { 'accept-version': '1.2', host: 'test', ...headers });
    return connection;
  }

  contextOf(connection: MemoryConnection): SessionContext {
    for (const session of this.server.sessions.values())
      if (session.connection === connection) return session.context;
    throw new Error('no such session');
  }

  /** Writes what was gathered in this turn. */
  flush(): void {
    this.turn.flush();
  }

  stop(): void {
    this.server.stop();
  }
}

/** A message as a room behind the channels would make it. */
export function message(
  fields: Partial<HeaderFields>,
  body: string | Buffer = '',
  native: Record<string, string> = {},
): Message<Buffer> {
  const base = newHeaderFields(SimpMessageType.MESSAGE, NativeHeaders.of(native));
  return new Message(Buffer.from(body), new MessageHeaders({ ...base, ...fields }));
}

/** The STOMP command of a message, as text. */
export function commandOf({ headers }: Message): string | undefined {
  return headers.command;
}
