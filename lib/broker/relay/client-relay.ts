import type { ClientOutboundChannel, HandlingResult } from '../../channel/index.js';
import type { StompFrame } from '../../frame/index.js';
import { SimpMessageType, type Message, type SessionContext } from '../../message/index.js';
import type { BrokerDialer } from './broker-dialer.js';
import { BrokerConnection, type BrokerConnectionOptions } from './broker-connection.js';
import { connectedMessage, errorMessage, frameFor } from './relay-outbound.js';
import { headerOf } from './relay-frame.js';
import { deliveryOf, RelaySubscription } from './relay-subscription.js';

/** One client's own connection to the broker: what the broker can do, the client can. */
export class ClientRelay {
  private connection: BrokerConnection | undefined;
  private readonly subscriptions = new Map<string | undefined, RelaySubscription>();
  private opened = false;
  private ended = false;

  constructor(
    private readonly session: SessionContext,
    private readonly outbound: ClientOutboundChannel,
    private readonly onEnd: () => void,
  ) {}

  /** Connects on behalf of the client; settles when the broker's CONNECTED has come. */
  async open(
    dialer: BrokerDialer,
    connect: StompFrame,
    options: BrokerConnectionOptions,
  ): Promise<void> {
    const { stream } = await dialer.dial();
    if (this.ended) return void stream.destroy();
    await new Promise<void>((resolve, reject) => {
      const onConnected = (connected: StompFrame): void => {
        this.opened = true;
        // The session sends CONNECTED when this promise has settled, with what this message says.
        this.outbound.sendUnintercepted(connectedMessage(this.session, connected));
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
        connect,
        { onConnected, onMessage, onClosed },
        options,
      );
    });
  }

  /** Forwards what the client sent. */
  handle(message: Message, extraHeaders?: Readonly<Record<string, string>>): HandlingResult {
    const { connection } = this;
    if (this.ended || !connection) return;
    const { fields } = message.headers;
    if (fields.messageType === SimpMessageType.SUBSCRIBE) this.remember(message);
    if (fields.messageType === SimpMessageType.UNSUBSCRIBE)
      this.subscriptions.delete(fields.subscriptionId);
    const completed = connection.send(frameFor(message, extraHeaders), fields.confirm);
    const entered = connection.whenDrained();
    if (!entered) return completed;
    return { entered, completed: completed ?? entered };
  }

  /** The client is gone or says good-bye. */
  async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await this.connection?.disconnect();
  }

  private remember({ headers: { fields } }: Message): void {
    const subscription = new RelaySubscription(
      this.session,
      fields.subscriptionId,
      fields.destination!,
      fields.origDestination,
    );
    this.subscriptions.set(fields.subscriptionId, subscription);
  }

  private deliver(frame: StompFrame): void {
    const subscription = this.subscriptions.get(headerOf(frame, 'subscription'));
    if (subscription)
      this.outbound.deliver(
        deliveryOf(frame, subscription.receivers, subscription.origDestination),
      );
  }

  private closed(error: Error | undefined): void {
    this.onEnd();
    if (this.ended) return;
    this.ended = true;
    // Before CONNECTED the rejected CONNECT tells the client.
    if (this.opened && error) this.outbound.send(errorMessage(this.session, error));
  }
}
