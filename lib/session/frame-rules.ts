import { quoted } from '../exception/index.js';
import type { DestinationRouter } from '../destination/index.js';
import { StompCommand, type StompVersion } from '../frame/index.js';
import type { HeaderFields, Message } from '../message/index.js';
import { splitAckId } from './ack-id.js';
import { FrameRefusedException } from './frame-refused.exception.js';
import { checkContentType } from './incoming-message.js';
import type { ResolvedSessionOptions } from './session-options.js';
import type { SessionSubscription, SessionSubscriptions } from './session-subscriptions.js';
import type { OpenTransaction, SessionTransactions } from './session-transactions.js';

/** What the rules found out about a frame that they let pass. */
export interface Admission {
  /** The subscription that it makes or ends. */
  readonly subscription?: SessionSubscription;
  /** The transaction that it begins or ends. */
  readonly transaction?: OpenTransaction;
  /** A BEGIN that the frame's broker has to get before. */
  readonly begin?: Message<Buffer>;
  /** Octets of a frame inside a transaction that asks for a RECEIPT: brokers may confirm it after COMMIT only. */
  readonly unconfirmedBytes?: number;
  /** Nothing more is to be done. */
  readonly done?: boolean;
}

/** What of a client's destinations is bounded: the time to match one with a pattern grows with both. */
export type DestinationLimits = Pick<
  ResolvedSessionOptions,
  'maxDestinationLength' | 'maxDestinationSegments'
>;

/** Whose frame it is. */
export interface RuledSession {
  readonly subscriptions: SessionSubscriptions;
  readonly transactions: SessionTransactions;
  readonly writer: { readonly version: StompVersion };
}

// A broker index that no broker has.
const NO_BROKER = -1;
const ACK_MODES = new Set([undefined, 'auto', 'client', 'client-individual']);

const refuse = (code: string, text: string): never => {
  throw new FrameRefusedException(code, text);
};

/**
 * What STOMP asks of the frames of connected sessions, and whose they are; one for all sessions. Every refusal is a
 * `FrameRefusedException` that names the header.
 */
export class FrameRules {
  constructor(
    private readonly router: DestinationRouter,
    private readonly brokerCount: number,
    private readonly limits: DestinationLimits,
  ) {}

  admit(message: Message<Buffer>, session: RuledSession): Admission | undefined {
    const { fields } = message.headers;
    checkContentType(fields.contentType);
    switch (fields.command) {
      case StompCommand.SEND:
        return this.send(message, session);
      case StompCommand.SUBSCRIBE:
        return this.subscribe(fields, session);
      case StompCommand.UNSUBSCRIBE:
        return this.unsubscribe(fields, session);
      case StompCommand.ACK:
      case StompCommand.NACK:
        return this.acknowledge(message, session);
      case StompCommand.BEGIN:
        return this.begin(message, session);
      case StompCommand.COMMIT:
      case StompCommand.ABORT:
        return this.endTransaction(fields, session);
      case StompCommand.DISCONNECT:
        return;
      default:
        return refuse(
          'STOMP_ERR_SERVER_COMMAND',
          `${fields.command} is sent by servers only, not by clients`,
        );
    }
  }

  /** What a frame made is undone, because it was dropped or refused. */
  takeBack(
    { headers: { fields } }: Message<Buffer>,
    { subscription, transaction }: Admission,
    { subscriptions, transactions }: RuledSession,
  ): void {
    switch (fields.command) {
      case StompCommand.SUBSCRIBE:
        // The client knows nothing of it, and will UNSUBSCRIBE.
        subscription!.ended = true;
        return;
      case StompCommand.UNSUBSCRIBE:
        return subscriptions.restore(subscription!);
      case StompCommand.BEGIN:
        return transactions.remove(transaction!);
      case StompCommand.COMMIT:
      case StompCommand.ABORT:
        return transactions.restore(transaction!);
      default:
    }
  }

  private begin(message: Message<Buffer>, { transactions }: RuledSession): Admission {
    const { fields } = message.headers;
    const broker = this.brokerCount === 1 ? 0 : undefined;
    const transaction = transactions.begin(required(fields, 'transaction'), message, broker);
    // Where there are several brokers, none is asked before the transaction's first frame says whose it is.
    fields.broker = broker ?? NO_BROKER;
    return { transaction };
  }

  private send(message: Message<Buffer>, session: RuledSession): Admission | undefined {
    const { fields } = message.headers;
    const destination = this.requiredDestination(fields);
    const transaction = fields.native.get('transaction');
    if (transaction === undefined) return undefined;
    const broker = this.router.route(destination).brokers[0];
    if (broker === undefined)
      return refuse(
        'STOMP_ERR_TRANSACTION_DESTINATION',
        `A transaction holds messages for a broker only; ${quoted(destination)} belongs to none`,
      );
    return inTransaction(transaction, broker, message, session);
  }

  private subscribe(fields: HeaderFields, { subscriptions, writer }: RuledSession): Admission {
    const destination = this.requiredDestination(fields);
    // STOMP 1.0, SUBSCRIBE: the id is optional there.
    const id = writer.version === '1.0' ? fields.subscriptionId : required(fields, 'id');
    const ack = fields.native.get('ack');
    if (!ACK_MODES.has(ack))
      refuse(
        'STOMP_ERR_ACK_MODE',
        `Header "ack" must be auto, client or client-individual, not ${quoted(ack)}`,
      );
    return { subscription: subscriptions.add(id, destination) };
  }

  private requiredDestination(fields: HeaderFields): string {
    const destination = fields.destination || required(fields, 'destination');
    const { maxDestinationLength, maxDestinationSegments } = this.limits;
    const { length } = destination;
    if (length > maxDestinationLength)
      refuseDestination(fields, `${length} characters, ${maxDestinationLength}`);
    // A shorter one has no more segments than characters.
    if (length <= maxDestinationSegments) return destination;
    const segments = segmentsIn(destination, this.router.prefixes.separator);
    if (segments > maxDestinationSegments)
      refuseDestination(fields, `${segments} segments, ${maxDestinationSegments}`);
    return destination;
  }

  private unsubscribe(fields: HeaderFields, { subscriptions, writer }: RuledSession): Admission {
    const { subscriptionId, destination } = fields;
    const byDestination = writer.version === '1.0' && subscriptionId === undefined;
    const subscription =
      byDestination && destination
        ? subscriptions.findByDestination(destination)
        : subscriptions.find(required(fields, 'id'), undefined);
    if (!subscription)
      return refuse(
        'STOMP_ERR_SUBSCRIPTION_UNKNOWN',
        `There is no subscription ${quoted(subscriptionId ?? destination)} in this session`,
      );
    fields.destination = subscription.destination;
    fields.subscriptionId = subscription.id;
    subscriptions.remove(subscription);
    return { subscription, done: subscription.ended };
  }

  private acknowledge(message: Message<Buffer>, session: RuledSession): Admission | undefined {
    const { fields } = message.headers;
    const { version } = session.writer;
    if (version === '1.0' && fields.command === StompCommand.NACK)
      refuse('STOMP_ERR_COMMAND', 'NACK is not part of STOMP 1.0');
    // STOMP 1.2, ACK: `id` is the ack header of the MESSAGE; before, messages were named by message-id.
    const name = version === '1.2' ? 'id' : 'message-id';
    const named = required(fields, name);
    if (version === '1.1') checkSubscription(required(fields, 'subscription'), session);
    const [broker, id] = this.brokerCount > 1 ? splitAckId(named) : [0, named];
    if (id !== named) fields.native.set(name, id);
    fields.broker = broker < this.brokerCount ? broker : NO_BROKER;
    if (fields.broker === NO_BROKER)
      refuse('STOMP_ERR_ACK_UNKNOWN', `There is no message ${quoted(named)} to acknowledge`);
    const transaction = fields.native.get('transaction');
    if (transaction === undefined) return undefined;
    return inTransaction(transaction, fields.broker, message, session);
  }

  private endTransaction(fields: HeaderFields, { transactions }: RuledSession): Admission {
    const transaction = transactions.end(required(fields, 'transaction'));
    fields.broker = transaction.broker ?? NO_BROKER;
    return { transaction };
  }
}

function segmentsIn(destination: string, separator = '/'): number {
  let count = destination.startsWith(separator) ? 0 : 1;
  for (let at = 0; (at = destination.indexOf(separator, at)) !== -1; at++) count++;
  return count;
}

function refuseDestination({ command, destination }: HeaderFields, tooMuch: string): never {
  return refuse(
    'STOMP_ERR_DESTINATION_LIMIT',
    `The destination of ${command} has ${tooMuch} are allowed: ${quoted(destination)}`,
  );
}

function inTransaction(
  transaction: string,
  broker: number,
  message: Message<Buffer>,
  { transactions }: RuledSession,
): Admission | undefined {
  const unconfirmedBytes = message.headers.fields.confirm ? octetsOf(message) : undefined;
  if (unconfirmedBytes !== undefined) transactions.checkRoom(unconfirmedBytes);
  const begin = transactions.use(transaction, broker);
  if (begin === undefined) return { unconfirmedBytes };
  const headers = begin.headers.clone();
  headers.fields.broker = broker;
  return { unconfirmedBytes, begin: begin.withHeaders(headers) };
}

function octetsOf({ payload, headers }: Message<Buffer>): number {
  let octets = payload.length;
  for (const text of headers.fields.native.toFlat()) octets += text.length;
  return octets;
}

function checkSubscription(id: string, { subscriptions }: RuledSession): void {
  if (!subscriptions.find(id, undefined))
    refuse(
      'STOMP_ERR_SUBSCRIPTION_UNKNOWN',
      `There is no subscription ${quoted(id)} in this session`,
    );
}

function required(fields: HeaderFields, name: string): string {
  return (
    fields.native.get(name) ||
    refuse('STOMP_ERR_HEADER_MISSING', `${fields.command} needs the header "${name}"`)
  );
}
