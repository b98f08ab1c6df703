import type { Delivery, DeliveryHandler, MessageHandler, Receiver } from '../channel/index.js';
import { encodeMessagePrefix, StompCommand, type StompVersion } from '../frame/index.js';
import { SimpMessageType, type HeaderFields, type Message } from '../message/index.js';
import { FramePart } from '../transport/index.js';
import { joinAckId } from './ack-id.js';
import type { FanOut } from './fan-out.js';
import { CloseCode } from './frame-refused.exception.js';
import { nextMessageId, MessageTail } from './outgoing-message.js';
import type { SessionStatistics } from './session-statistics.js';
import type { StompSession } from './stomp-session.js';

/** What a MESSAGE needs besides the message. */
interface Addressed {
  readonly subscriptionId: string | undefined;
  readonly messageId: string;
  readonly ack: string | undefined;
  readonly redelivered: boolean;
  readonly broker: number | undefined;
}

/** Takes what clientOutboundChannel brings to the sessions. Whatever cannot be sent is counted and left out. */
export class OutboundMessages implements MessageHandler, DeliveryHandler {
  constructor(
    private readonly sessions: ReadonlyMap<string, StompSession>,
    private readonly fanOut: FanOut,
    private readonly statistics: SessionStatistics,
    private readonly brokerCount: number,
    private readonly warn: (text: string) => void,
  ) {}

  handleDelivery(delivery: Delivery): void {
    if (!delivery.message.hasOctets()) return this.refusePayload(delivery.message);
    if (delivery.ack === undefined && !delivery.redelivered) return this.fanOut.deliver(delivery);
    for (const receiver of delivery.receivers) this.deliverTo(receiver, delivery);
  }

  handleMessage(message: Message): void {
    const { sessionId, fields } = message.headers;
    const session = sessionId === undefined ? undefined : this.sessions.get(sessionId);
    if (session === undefined) return;
    if (!message.hasOctets()) return this.refusePayload(message);
    switch (fields.messageType) {
      case SimpMessageType.MESSAGE:
        return this.send(session, message, addressOf(fields));
      case SimpMessageType.CONNECT_ACK:
        return session.onBrokerConnected(brokerConnected(fields));
      case SimpMessageType.HEARTBEAT:
        return session.writer.heartbeat();
      case SimpMessageType.DISCONNECT_ACK:
        return close(session, message);
      default:
        if (fields.command === StompCommand.ERROR) close(session, message);
    }
  }

  private deliverTo(
    { session: { id }, subscriptionId }: Receiver,
    { message, messageId, ack, broker, redelivered = false }: Delivery,
  ): void {
    const session = this.sessions.get(id);
    const address = { subscriptionId, messageId, ack, broker, redelivered };
    if (session) this.send(session, message as Message<Buffer>, address);
  }

  private send(session: StompSession, message: Message<Buffer>, to: Addressed): void {
    const { writer, subscriptions } = session;
    // Nothing unsolicited: each MESSAGE names a subscription of that client.
    if (!session.isConnected || !subscriptions.isLive(to.subscriptionId)) {
      this.statistics.notSent++;
      return;
    }
    const { version } = writer;
    const [messageId, ack] = this.named(session, to, version);
    const tail = new MessageTail(message, messageId);
    const needsText = tail.binary && !session.connection.supportsBinary;
    const shared = needsText ? tail.asText(version) : tail.forOne(version);
    if (shared === undefined) return this.fanOut.notSent(1);
    const { redelivered, subscriptionId } = to;
    const prefix =
      ack === undefined && !redelivered
        ? writer.prefixFor(subscriptionId)
        : FramePart.ofOctets(encodeMessagePrefix(subscriptionId, ack, redelivered, version));
    writer.message(prefix, shared, to.ack === undefined);
  }

  /** The ids by which the client acknowledges: with several brokers they say which one. */
  private named(
    session: StompSession,
    { messageId, ack, broker, subscriptionId }: Addressed,
    version: StompVersion,
  ): [messageId: string, ack: string | undefined] {
    if (ack === undefined) return [messageId, undefined];
    if (this.brokerCount < 2) return [messageId, version === '1.2' ? ack : undefined];
    const subscription = session.subscriptions.find(subscriptionId, undefined);
    const from = broker ?? subscription?.brokers[0] ?? 0;
    if (version === '1.2') return [messageId, joinAckId(from, ack)];
    // Before STOMP 1.2 messages are acknowledged by message-id.
    return [joinAckId(from, messageId), undefined];
  }

  private refusePayload({ payload, headers: { destination } }: Message): void {
    this.statistics.notSent++;
    this.warn(
      `A message to ${destination ?? 'a client'} was not sent: its payload is no Buffer but ${typeof payload}`,
    );
  }
}

function addressOf({ subscriptionId, extra, broker }: HeaderFields): Addressed {
  return {
    subscriptionId,
    messageId: (extra?.get('messageId') as string | undefined) ?? nextMessageId(),
    ack: extra?.get('ack') as string | undefined,
    redelivered: extra?.get('redelivered') === true,
    broker,
  };
}

function brokerConnected({ native }: HeaderFields) {
  return {
    version: native.get('version') as StompVersion | undefined,
    heartbeat: native.get('heart-beat'),
    server: native.get('server'),
    session: native.get('session'),
  };
}

/** An ERROR, or the order to close, as its headers say. */
function close(session: StompSession, message: Message<Buffer>): void {
  const { fields } = message.headers;
  const isError = fields.command === StompCommand.ERROR || fields.native.has('message');
  const code = fields.extra?.get('closeCode') ?? (isError ? CloseCode.PROTOCOL : CloseCode.NORMAL);
  if (isError) session.sendError(message);
  session.close(code as number, (fields.extra?.get('closeReason') as string | undefined) ?? '');
}
