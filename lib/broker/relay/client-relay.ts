import type { Duplex } from 'node:stream';
import type { Handling } from '../../channel/index.js';
import type { StompFrame } from '../../frame/index.js';
import { SimpMessageType, type Message, type SessionContext } from '../../message/index.js';
import type { BrokerContext } from '../message-broker.js';
import { addressText, type BrokerDialer } from './broker-dialer.js';
import { BrokerConnection, type BrokerConnectionOptions } from './broker-connection.js';
import { connectedMessage, errorMessage, frameFor } from './relay-outbound.js';
import { answerTo, withOwnHeartbeat } from './client-heartbeat.js';
import { mayReceive } from './client-isolation.js';
import { BrokerUnavailableException } from './relay.exceptions.js';
import { headerOf, replaceHeaders } from './relay-frame.js';
import { deliveryOf, nameOf, RelaySubscription } from './relay-subscription.js';

/** RabbitMQ subscribes who names such a queue in `reply-to` to it, with its name as the subscription's id. */
const TEMPORARY_QUEUE = '/temp-queue/';

/** One client's own connection to the broker: what the broker can do, the client can. */
export class ClientRelay {
  private connection: BrokerConnection | undefined;
  private host: string | undefined;
  private readonly subscriptions = new Map<string, RelaySubscription>();
  private opened = false;
  private ended = false;

  constructor(
    private readonly session: SessionContext,
    private readonly context: Pick<BrokerContext, 'outbound' | 'pathSeparator'>,
    private readonly addedHeaders: () => ReadonlySet<string>,
    private readonly onEnd: () => void,
  ) {}

  /**
   * Connects on behalf of the client; settles when the broker's CONNECTED has come.
   *
   * @param heartbeat milliseconds: how often the relay sends, and wants to hear
   */
  async open(
    dialer: BrokerDialer,
    connect: StompFrame,
    heartbeat: readonly number[],
    options: BrokerConnectionOptions,
  ): Promise<void> {
    const stream = await this.dialed(dialer);
    if (!stream) return;
    await new Promise<void>((resolve, reject) => {
      const onConnected = (connected: StompFrame): void => {
        this.opened = true;
        // The session sends CONNECTED when this promise has settled, with what this message says.
        this.context.outbound.sendUnintercepted(
          connectedMessage(this.session, answerTo(connect, connected)),
        );
        resolve();
      };
      const onClosed = (error: Error | undefined): void => {
        if (error) reject(error);
        else resolve();
        this.closed(error);
      };
      const onMessage = (frame: StompFrame): void => this.deliver(frame);
      this.connection = new BrokerConnection(
        stream,
        withOwnHeartbeat(connect, heartbeat),
        { onConnected, onMessage, onClosed },
        options,
      );
    });
  }

  private async dialed(dialer: BrokerDialer): Promise<Duplex | undefined> {
    try {
      const { stream, address } = await dialer.dial();
      this.host = addressText(address);
      if (!this.ended) return stream;
      stream.destroy();
    } catch (error) {
      this.closed(error as Error);
      throw error;
    }
    this.onEnd();
    return undefined;
  }

  /**
   * Forwards what the client sent.
   *
   * @param confirm whether the result is to wait for the broker
   * @throws BrokerUnavailableException when the connection is over
   */
  handle(
    message: Message,
    extraHeaders?: Readonly<Record<string, string>>,
    confirm = message.headers.fields.confirm,
  ): Handling | Promise<void> | undefined {
    const { connection } = this;
    if (this.ended || !connection)
      throw new BrokerUnavailableException('Connection to broker closed.');
    const { fields } = message.headers;
    let headers = extraHeaders;
    if (fields.messageType === SimpMessageType.SUBSCRIBE)
      headers = { ...extraHeaders, id: this.remember(message) };
    if (fields.messageType === SimpMessageType.UNSUBSCRIBE)
      headers = { ...extraHeaders, id: this.forget(message) };
    const frame = frameFor(message, headers);
    const completed = connection.send(frame, confirm, fields.native.get('receipt'));
    const entered = connection.whenDrained();
    if (!entered) return completed;
    return { entered, completed: completed ?? entered };
  }

  /** Ends the client at another address: it would not see what goes to this one. */
  moveTo(host: string): void {
    if (this.host === host) return;
    this.connection?.abandon(
      new BrokerUnavailableException('The broker is reached at another address now: connect again'),
    );
  }

  /** The client is gone or says good-bye. */
  async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await this.connection?.disconnect();
  }

  /** Gives the id for the broker. */
  private remember({ headers: { fields } }: Message): string {
    const id = nameOf(fields);
    const subscription = new RelaySubscription(
      this.session,
      fields.subscriptionId,
      fields.destination!,
      fields.origDestination,
    );
    this.subscriptions.set(id, subscription);
    return id;
  }

  private forget({ headers: { fields } }: Message): string {
    const id = nameOf(fields);
    this.subscriptions.delete(id);
    return id;
  }

  private deliver(frame: StompFrame): void {
    const subscription = this.subscriptionOf(headerOf(frame, 'subscription'));
    const { outbound, pathSeparator } = this.context;
    if (subscription && mayReceive(frame, subscription.destination, pathSeparator, this.session.id))
      outbound.deliver(
        deliveryOf(
          withoutAdded(frame, subscription, this.addedHeaders()),
          subscription.receivers,
          subscription.origDestination,
        ),
      );
  }

  private subscriptionOf(id = ''): RelaySubscription | undefined {
    const known = this.subscriptions.get(id);
    if (known || !id.startsWith(TEMPORARY_QUEUE)) return known;
    const subscription = new RelaySubscription(this.session, id, id, undefined);
    this.subscriptions.set(id, subscription);
    return subscription;
  }

  private closed(error: Error | undefined): void {
    this.onEnd();
    if (this.ended) return;
    this.ended = true;
    // Before CONNECTED the rejected CONNECT tells the client.
    if (this.opened && error) this.context.outbound.send(errorMessage(this.session, error));
  }
}

/** What we added to messages to users is not the business of those who get them. */
function withoutAdded(
  frame: StompFrame,
  { origDestination }: RelaySubscription,
  added: ReadonlySet<string>,
): StompFrame {
  if (origDestination === undefined) return frame;
  return { ...frame, headers: replaceHeaders(frame.headers, added, {}) };
}
