import type { Warnings } from '../../channel/index.js';
import { StompCommand } from '../../frame/index.js';
import { SimpMessageType, type Message, type MessageHeaders } from '../../message/index.js';
import type { BrokerContext } from '../message-broker.js';
import { BrokerSession } from './broker-session.js';
import { Destinations } from './destinations.js';
import { Outlet } from './outlet.js';
import { quoted } from '../../exception/index.js';
import { SimpleBrokerException } from './simple-broker.exception.js';
import type { ResolvedOptions } from './simple-broker-options.js';
import type { SimpleBrokerStatistics } from './statistics.js';
import type { Subscription } from './subscription.js';
import { SubscriptionFactory } from './subscription-factory.js';
import { Transactions } from './transactions.js';

/** A simple broker from start to stop: does what the messages say. */
export class RunningBroker {
  readonly destinations: Destinations;
  private readonly sessions = new Map<string, BrokerSession>();
  private readonly factory: SubscriptionFactory;
  private readonly newTransactions = (): Transactions =>
    new Transactions(this.options, this.statistics);

  constructor(
    context: BrokerContext,
    private readonly options: ResolvedOptions,
    private readonly statistics: SimpleBrokerStatistics,
    warnings: Warnings,
  ) {
    const outlet = new Outlet(context.outbound, context.index, statistics);
    const parts = { options, separator: context.pathSeparator, outlet, statistics, warnings };
    const hasSession = (id: string): boolean => this.sessions.has(id);
    this.destinations = new Destinations({ ...parts, hasSession });
    this.factory = new SubscriptionFactory(parts);
  }

  handleMessage(message: Message): void {
    const { fields } = message.headers;
    if (fields.messageType === SimpMessageType.MESSAGE) return this.handleSend(message);
    if (fields.messageType === SimpMessageType.CONNECT) return this.connect(message.headers);
    // A session that has ended while its message was under way has nothing to do here any more.
    const session = this.sessions.get(message.headers.sessionId ?? '');
    if (session) this.handleFrame(message, session);
  }

  stop(): void {
    this.destinations.stop();
    this.sessions.clear();
  }

  private handleFrame(message: Message, session: BrokerSession): void {
    switch (message.headers.messageType) {
      case SimpMessageType.SUBSCRIBE:
        return this.subscribe(message, session);
      case SimpMessageType.UNSUBSCRIBE:
        return this.unsubscribe(message.headers, session);
      case SimpMessageType.DISCONNECT:
        return this.disconnect(session);
      case SimpMessageType.OTHER:
        return this.handleOther(message, session);
    }
  }

  private handleOther(message: Message, session: BrokerSession): void {
    const transaction = message.headers.native.get('transaction');
    switch (message.headers.command) {
      case StompCommand.ACK:
      case StompCommand.NACK:
        return this.acknowledge(message);
      case StompCommand.BEGIN:
        return session.transactions.begin(transaction);
      case StompCommand.COMMIT:
        return this.commit(session.transactions.end(transaction));
      case StompCommand.ABORT:
        return void session.transactions.end(transaction);
    }
  }

  private handleSend(message: Message): void {
    const { fields } = message.headers;
    const transaction = fields.session && fields.native.get('transaction');
    if (transaction === undefined) return this.destinations.publish(message);
    this.sessions.get(fields.session!.id)?.transactions.add(transaction, message);
  }

  private connect({ session }: MessageHeaders): void {
    if (!session || this.sessions.has(session.id)) return;
    this.sessions.set(session.id, new BrokerSession(session, this.newTransactions));
    this.statistics.sessions = this.sessions.size;
  }

  private subscribe(message: Message, session: BrokerSession): void {
    const { headers } = message;
    const { subscriptionId, destination } = headers.fields;
    session.checkIsNew(subscriptionId, destination!);
    this.checkIsOwn(headers, session);
    const isQueue = this.destinations.isQueue(headers);
    const subscription = this.factory.create(message, session, isQueue);
    session.add(subscription);
    this.statistics.subscriptions++;
    try {
      this.destinations.subscribe(subscription, headers);
    } catch (error) {
      this.unsubscribe(headers, session);
      throw error;
    }
  }

  /** Differs from Spring: nobody reads what is meant for the user of another session. */
  private checkIsOwn({ fields }: MessageHeaders, session: BrokerSession): void {
    if (fields.origDestination !== undefined) return;
    const sessionId = this.destinations.sessionIdIn(fields.destination!);
    if (sessionId === undefined || sessionId === session.context.id) return;
    throw new SimpleBrokerException(
      'STOMP_ERR_DESTINATION_FOREIGN',
      `${quoted(fields.destination)} belongs to another session: subscribe to the user destination instead`,
    );
  }

  private unsubscribe({ fields }: MessageHeaders, session: BrokerSession): void {
    const subscription = session.remove(fields.subscriptionId, fields.destination!);
    if (subscription) this.end([subscription]);
  }

  private disconnect(session: BrokerSession): void {
    this.sessions.delete(session.context.id);
    this.statistics.sessions = this.sessions.size;
    // STOMP 1.2, BEGIN: transactions that are open when the connection ends are aborted
    session.abortTransactions();
    this.end(session.subscriptions);
  }

  /** What they hold comes back only when none of them can get it any more. */
  private end(subscriptions: readonly Subscription[]): void {
    for (const subscription of subscriptions) this.destinations.unsubscribe(subscription);
    for (const subscription of subscriptions) subscription.end();
    this.statistics.subscriptions -= subscriptions.length;
  }

  private acknowledge(frame: Message): void {
    const session = this.sessions.get(frame.headers.sessionId!)!;
    const { subscription, messageId } = session.awaited(frame);
    const transaction = frame.headers.native.get('transaction');
    if (transaction !== undefined) session.transactions.add(transaction, frame);
    else subscription.settle(messageId, frame.headers.command === StompCommand.ACK);
  }

  /**
   * Does what a transaction is made of, all of it, or nothing where its queues have no room. What fails all the same, as
   * its other messages filled the broker meanwhile, is thrown afterwards.
   */
  private commit(frames: readonly Message[]): void {
    this.destinations.checkRoom(
      frames.filter(({ headers }) => headers.messageType === SimpMessageType.MESSAGE),
    );
    let failure: unknown;
    for (const frame of frames) {
      try {
        this.apply(frame);
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure as Error;
  }

  private apply(frame: Message): void {
    const { command, messageType, sessionId } = frame.headers;
    if (messageType === SimpMessageType.MESSAGE) return this.destinations.publish(frame);
    // It may have been settled by another frame since.
    const awaited = this.sessions.get(sessionId!)?.findAwaited(frame);
    awaited?.subscription.settle(awaited.messageId, command === StompCommand.ACK);
  }
}
