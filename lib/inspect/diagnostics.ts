import { channel, type Channel } from 'node:diagnostics_channel';
import type {
  ClientOutboundChannel,
  Delivery,
  MessageHandler,
  Receiver,
  StompEvents,
  SubscribableChannel,
} from '../channel/index.js';
import type { HandledCall, HandlerObserver } from '../handler/index.js';
import {
  SimpMessageType,
  type Message,
  type SessionContext,
  type StompPrincipal,
} from '../message/index.js';

interface Diagnosed {
  /** Name of the STOMP instance: `default` for the unnamed one. */
  readonly instance: string;
}

interface SessionDiagnosed extends Diagnosed {
  readonly session: SessionContext;
  readonly user: StompPrincipal | undefined;
}

interface SubscriptionDiagnosed extends SessionDiagnosed {
  readonly subscriptionId: string | undefined;
  /** As the client wrote it. */
  readonly destination: string;
}

interface MessageDiagnosed extends Diagnosed {
  readonly message: Message;
}

/**
 * What is published on which channel of `node:diagnostics_channel`. Nothing is made as long as nobody has subscribed.
 *
 * @publicApi
 */
export interface StompDiagnostics {
  /** CONNECTED goes out. */
  'stomp:session:connected': SessionDiagnosed;
  /** The connection of a session that sent CONNECT ended; 1006 when it was lost. */
  'stomp:session:disconnected': SessionDiagnosed & {
    readonly closeCode: number;
    readonly closeReason: string;
    /** Whether the client said DISCONNECT. */
    readonly clean: boolean;
  };
  /** A subscription is stored by its broker, or answered by its handler. */
  'stomp:subscription:stored': SubscriptionDiagnosed;
  /** A client, or the server, ended a subscription; the end of a session ends all without a word. */
  'stomp:subscription:removed': SubscriptionDiagnosed;
  /** A SEND of a client passed the interceptors of clientInboundChannel. */
  'stomp:message:received': MessageDiagnosed;
  /** A handler is done with a message; `error` is what it failed with. */
  'stomp:message:handled': MessageDiagnosed & {
    /** `TradeController.buy` */
    readonly handler: string;
    readonly durationMs: number;
    readonly error: unknown;
  };
  /**
   * A message passed the interceptors of brokerChannel: what the application sends, replies of handlers, and what anybody's
   * message to a user became, one for each session.
   */
  'stomp:message:published': MessageDiagnosed;
  /** A message goes to clients. */
  'stomp:message:delivered': MessageDiagnosed & { readonly receivers: readonly Receiver[] };
  /** A broker began or ceased to be usable. */
  'stomp:broker:availability': Diagnosed & {
    readonly broker: string;
    readonly available: boolean;
    readonly host: string | undefined;
  };
  /** A client reads too slowly and the policy was applied. */
  'stomp:client:slow': SessionDiagnosed & {
    readonly policy: 'terminate' | 'drop-oldest';
    readonly bufferedBytes: number;
  };
}

const CHANNELS: Readonly<Record<keyof StompDiagnostics, Channel>> = {
  'stomp:session:connected': channel('stomp:session:connected'),
  'stomp:session:disconnected': channel('stomp:session:disconnected'),
  'stomp:subscription:stored': channel('stomp:subscription:stored'),
  'stomp:subscription:removed': channel('stomp:subscription:removed'),
  'stomp:message:received': channel('stomp:message:received'),
  'stomp:message:handled': channel('stomp:message:handled'),
  'stomp:message:published': channel('stomp:message:published'),
  'stomp:message:delivered': channel('stomp:message:delivered'),
  'stomp:broker:availability': channel('stomp:broker:availability'),
  'stomp:client:slow': channel('stomp:client:slow'),
};

const {
  'stomp:message:received': RECEIVED,
  'stomp:message:handled': HANDLED,
  'stomp:message:published': PUBLISHED,
  'stomp:message:delivered': DELIVERED,
} = CHANNELS;

/** Where an instance lets itself be watched. */
export interface DiagnosedRooms {
  readonly name: string | undefined;
  readonly events: StompEvents;
  readonly inbound: SubscribableChannel;
  readonly brokerChannel: SubscribableChannel;
  readonly outbound: ClientOutboundChannel;
}

/** Publishes what handlers did. */
class HandledPublisher implements HandlerObserver {
  constructor(private readonly instance: string) {}

  get active(): boolean {
    return HANDLED.hasSubscribers;
  }

  onHandled({ handler, ...call }: HandledCall): void {
    const { instance } = this;
    const what: StompDiagnostics['stomp:message:handled'] = {
      handler: handler.toString(),
      ...call,
      instance,
    };
    HANDLED.publish(what);
  }
}

/** Publishes what passed the brokerChannel. */
class PublishedPublisher implements MessageHandler {
  constructor(private readonly instance: string) {}

  get isIdle(): boolean {
    return !PUBLISHED.hasSubscribers;
  }

  handleMessage(message: Message): void {
    if (this.isIdle || message.headers.fields.messageType !== SimpMessageType.MESSAGE) return;
    const { instance } = this;
    const what: StompDiagnostics['stomp:message:published'] = { message, instance };
    PUBLISHED.publish(what);
  }
}

/** Publishes what happens in one instance on the channels of `StompDiagnostics`. */
export class Diagnostics {
  /** To be given to the handlers' meter. */
  readonly handlerObserver: HandlerObserver;
  private readonly instance: string;
  private readonly leave: (() => void)[] = [];

  constructor(private readonly rooms: DiagnosedRooms) {
    this.instance = rooms.name ?? 'default';
    this.handlerObserver = new HandledPublisher(this.instance);
  }

  start(): void {
    this.watchEvents();
    this.watchMessages();
  }

  stop(): void {
    for (const leave of this.leave.splice(0)) leave();
  }

  private watchEvents(): void {
    const { events } = this.rooms;
    this.leave.push(
      events.on('sessionConnected', (event) => this.tell('stomp:session:connected', event)),
      events.on('sessionDisconnect', (event) => this.tell('stomp:session:disconnected', event)),
      events.on('sessionSubscribe', (event) => this.tell('stomp:subscription:stored', event)),
      events.on('sessionUnsubscribe', (event) => this.tell('stomp:subscription:removed', event)),
      events.on('slowClient', (event) => this.tell('stomp:client:slow', event)),
      events.on('brokerAvailability', ({ host, ...event }) =>
        this.tell('stomp:broker:availability', { host, ...event }),
      ),
    );
  }

  private watchMessages(): void {
    const { inbound, brokerChannel, outbound } = this.rooms;
    this.leave.push(
      inbound.subscribe({ handleMessage: (message) => this.received(message) }),
      brokerChannel.subscribe(new PublishedPublisher(this.instance)),
      outbound.subscribe({ handleMessage: (message) => this.sent(message) }),
      outbound.subscribeDeliveries({ handleDelivery: (delivery) => this.delivered(delivery) }),
    );
  }

  private received(message: Message): void {
    if (!RECEIVED.hasSubscribers) return;
    if (message.headers.fields.messageType === SimpMessageType.MESSAGE)
      this.tell('stomp:message:received', { message });
  }

  private delivered({ message, receivers }: Delivery): void {
    if (DELIVERED.hasSubscribers) this.tell('stomp:message:delivered', { message, receivers });
  }

  /** With an interceptor on clientOutboundChannel there is a message for each receiver. */
  private sent(message: Message): void {
    if (!DELIVERED.hasSubscribers) return;
    const { messageType, session, subscriptionId } = message.headers.fields;
    if (messageType !== SimpMessageType.MESSAGE || session === undefined) return;
    this.tell('stomp:message:delivered', { message, receivers: [{ session, subscriptionId }] });
  }

  private tell<N extends keyof StompDiagnostics>(
    name: N,
    what: Omit<StompDiagnostics[N], 'instance'>,
  ): void {
    const { [name]: one } = CHANNELS;
    if (!one.hasSubscribers) return;
    one.publish({ ...what, instance: this.instance });
  }
}
