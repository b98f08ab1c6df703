import type { SendResult } from '../channel/index.js';
import { parseHeartbeat, StompCommand, type Heartbeat, type StompVersion } from '../frame/index.js';
import {
  SimpMessageType,
  StompHeaderAccessor,
  type Message,
  type StompPrincipal,
} from '../message/index.js';
import type { Connection, ConnectionListener } from '../transport/index.js';
import {
  authenticated,
  connectedFrame,
  expiryOf,
  negotiate,
  type BrokerConnected,
  type Negotiated,
} from './connect-phase.js';
import { Departure } from './departure.js';
import { FrameFlow, pendingSend, type FlowOwner } from './frame-flow.js';
import { FrameReader, type FrameListener } from './frame-reader.js';
import { CloseCode, FrameRefusedException } from './frame-refused.exception.js';
import { sessionMessage } from './incoming-message.js';
import { LiveSessionContext } from './live-session-context.js';
import { MessageAllowance } from './message-rate.js';
import { Reading, Unread } from './reading.js';
import { SessionAnnouncements } from './session-announcements.js';
import type { DrainedSession } from './session-drain.js';
import type { SessionHost } from './session-host.js';
import { SessionSubscriptions, type SessionSubscription } from './session-subscriptions.js';
import { heartbeatTimes, SessionTiming, type TimingListener } from './session-timing.js';
import { SessionTransactions } from './session-transactions.js';
import { SessionWriter } from './session-writer.js';
import { errorMessage } from './stomp-sub-protocol-error-handler.js';

// A client that says DISCONNECT with a receipt gets those of its earlier frames before; not for ever.
const GOODBYE_GRACE_MS = 5000;

/** One client: what its connection says becomes messages, in order, and what is sent to it becomes frames. */
export class StompSession
  implements ConnectionListener, TimingListener, FlowOwner, FrameListener, DrainedSession
{
  readonly context: LiveSessionContext;
  /** Milliseconds since 1970. */
  readonly openedAt = Date.now();
  readonly subscriptions: SessionSubscriptions;
  readonly transactions: SessionTransactions;
  readonly writer: SessionWriter;
  readonly announcements: SessionAnnouncements;
  private readonly departure: Departure;
  private readonly flow: FrameFlow;
  private readonly reader: FrameReader;
  private readonly timing: SessionTiming;
  private readonly reading: Reading;
  private readonly allowance: MessageAllowance | undefined;
  private phase: 'new' | 'connecting' | 'connected' = 'new';
  private negotiated: Negotiated | undefined;
  private brokerConnected: BrokerConnected | undefined;
  private goodbyeFrame: Message<Buffer> | undefined;
  private isEnding = false;
  /** How the server wants to close this session as soon as nothing is in work. */
  private retirement: { code: number; reason: string } | undefined;
  /** Whether subscribers are done with the client's DISCONNECT. */
  private saidGoodbye = false;
  /** Set when subscribers were told that this session is over; resolves when they are done. */
  private departed: Promise<void> | undefined;
  private closedWith: { code: number; reason: string } | undefined;

  constructor(
    private readonly host: SessionHost,
    readonly connection: Connection,
  ) {
    const { options, statistics } = host;
    this.context = new LiveSessionContext(connection);
    this.subscriptions = new SessionSubscriptions(options.maxSubscriptions);
    this.transactions = new SessionTransactions(options.maxTransactions);
    this.writer = new SessionWriter(connection, host.fanOut, statistics, this.subscriptions);
    this.announcements = new SessionAnnouncements(host.events, this.context);
    this.departure = new Departure(host, this.context);
    this.flow = new FrameFlow(this, host, (paused) => {
      if (paused) this.reading.pause(Unread.Work);
      else this.reading.resume(Unread.Work);
    });
    this.reader = new FrameReader(options, this.context, statistics, this);
    this.timing = new SessionTiming(host.deadlines, connection, this);
    this.reading = new Reading(connection, this.timing);
    if (options.messageRate) this.allowance = new MessageAllowance(options.messageRate);
    this.timing.awaitConnect(options.timeToFirstMessage);
  }

  get isConnected(): boolean {
    return this.phase === 'connected';
  }

  // From the connection

  onData(octets: Buffer): void {
    this.reader.read(octets);
  }

  onMessage(message: Message<Buffer>): void {
    this.flow.push(message);
  }

  onFrame(): void {
    const waitMs = this.allowance?.take() ?? 0;
    if (waitMs === 0) return;
    this.reading.pause(Unread.Rate);
    this.timing.readAgain(waitMs);
  }

  onBroken(error: Error): void {
    // Differs from Spring: the frames before it take effect first.
    this.flow.push(error);
  }

  onHeartbeat(): void {
    if (!this.flow.isIdle) return;
    if (this.phase === 'new') return this.fail(notConnected('A heart-beat'));
    if (!this.host.wantsHeartbeats || !this.isConnected) return;
    const message = sessionMessage(SimpMessageType.HEARTBEAT, undefined, this.context);
    this.flow.passOn(message);
  }

  onSlow(policy: 'terminate' | 'drop-oldest', bufferedBytes: number): void {
    this.host.statistics.slowClients++;
    this.announcements.publish({ type: 'slowClient', policy, bufferedBytes });
  }

  onClose(code: number, reason: string): void {
    this.closedWith = { code, reason };
    this.writer.isOpen = false;
    this.reader.stop();
    this.timing.stop();
    this.host.closed(this.context, this.isConnected, code);
    if (this.isEnding) this.checkOver();
    else this.end();
  }

  // CONNECT

  connect(message: Message<Buffer>): SendResult {
    this.host.statistics.connects++;
    if (this.phase !== 'new')
      throw new FrameRefusedException(
        'STOMP_ERR_ALREADY_CONNECTED',
        'This session is connected already: CONNECT may be sent once',
      );
    this.negotiated = negotiate(message);
    this.setVersion(this.negotiated.version);
    this.phase = 'connecting';
    const { authenticate } = this.host;
    if (!authenticate) return this.enter(message, undefined);
    const accessor = StompHeaderAccessor.getAccessor(message);
    const user = authenticated(authenticate, accessor, this.context.handshake);
    if (!(user instanceof Promise)) return this.enter(message, user);
    return pendingSend(user.then((found) => this.enter(message, found)));
  }

  /** CONNECT passed the interceptors. */
  onConnectPassed(message: Message): void {
    this.departure.hasEntered = true;
    this.announcements.connect(message);
  }

  onConnectDropped(): void {
    this.phase = 'new';
  }

  /** A broker that this session is connected to answered: its values go into CONNECTED. */
  onBrokerConnected(answer: BrokerConnected): void {
    if (this.phase === 'connecting') this.brokerConnected ??= answer;
  }

  onConnectComplete(): void {
    if (!this.writer.isOpen) return;
    const { context, host, brokerConnected } = this;
    this.checkExpiry(context.user);
    this.phase = 'connected';
    this.reader.setConnected();
    if (brokerConnected?.version) this.setVersion(brokerConnected.version);
    const heartbeat = brokerConnected?.heartbeat ?? host.options.heartbeatValue.join();
    this.announcements.publish({ type: 'sessionConnected' });
    host.statistics.connected++;
    const { version } = this.writer;
    const octets = connectedFrame(version, heartbeat, context.user, brokerConnected);
    this.writer.frame(StompCommand.CONNECTED, octets);
    this.startTiming(parseHeartbeat(heartbeat));
  }

  // Frames of a connected session

  announce(subscription: SessionSubscription): void {
    this.announcements.subscribed(subscription);
  }

  announceEnd(subscription: SessionSubscription, message: Message): void {
    this.announcements.unsubscribed(subscription, message);
  }

  onSubscribePassed(message: Message): void {
    this.flow.onSubscribePassed(message);
  }

  goodbye(message: Message<Buffer>): void {
    this.host.statistics.disconnects++;
    this.goodbyeFrame = message;
    this.reader.stop();
    // STOMP 1.2, DISCONNECT: nothing the client sends after it counts.
    this.flow.forget();
    this.timing.grace(GOODBYE_GRACE_MS);
    void this.departure.leave(message).then(() => {
      this.saidGoodbye = true;
      this.onWorkDone();
    });
  }

  onDisconnectPassed(): void {
    this.departure.hasPassed = true;
  }

  onWorkDone(): void {
    if (this.retirement && this.flow.isIdle) this.finishRetirement(this.retirement);
    if (this.goodbyeFrame === undefined || !this.saidGoodbye) return;
    const wantsReceipt = this.goodbyeFrame.headers.native.has('receipt');
    if (!wantsReceipt || this.flow.inWork === 0) this.finishGoodbye();
  }

  // Times

  onConnectOverdue(): void {
    this.host.statistics.connectTimeouts++;
    const limit = this.host.options.timeToFirstMessage;
    this.close(CloseCode.TOO_SLOW, '', `No CONNECT was completed within ${limit} ms`);
  }

  onHeartbeatDue(): void {
    this.writer.heartbeat();
  }

  onReadTimeout(limitMs: number): void {
    this.host.statistics.readTimeouts++;
    const text = `Session closed: nothing came for ${limitMs} ms, not even a heart-beat`;
    this.close(CloseCode.PROTOCOL, '', text);
  }

  onHalfOpen(): void {
    this.host.statistics.readTimeouts++;
    this.connection.terminate();
  }

  onExpiring(expiresAt: number): void {
    this.announcements.publish({ type: 'sessionExpiring', expiresAt });
  }

  onExpired(): void {
    this.host.statistics.expired++;
    this.close(CloseCode.EXPIRED, EXPIRED, EXPIRED);
  }

  onReadAgain(): void {
    this.reading.resume(Unread.Rate);
  }

  onGraceOver(): void {
    this.finishGoodbye();
  }

  /** Another principal of the same name, whose credentials end at another time. */
  renew(user: StompPrincipal): void {
    this.context.user = user;
    this.timing.expire(expiryOf(user), this.host.options.expiryWarningMs);
  }

  // The end

  fail(error: unknown, message?: Message<Buffer>): void {
    const exception = error instanceof Error ? error : new Error(String(error));
    this.host.debug(`Session ${this.context.id}: ${exception.message}`);
    if (!this.writer.isOpen) return;
    const frame = this.host.errors.forFrame(exception, message);
    if (frame === null) return this.goOn(message);
    this.writer.error(frame);
    const { closeCode } = exception as { closeCode?: number };
    this.close(closeCode ?? CloseCode.PROTOCOL, '');
  }

  /** Writes what waits, with `error` an ERROR frame behind it, and closes. */
  close(code: number, reason: string, error?: string): void {
    if (!this.writer.isOpen) return;
    if (error !== undefined) this.sendError(errorMessage(error));
    this.writer.close(code, reason);
    this.reader.stop();
    this.timing.stop();
    this.flow.forget();
    this.end();
  }

  retire(code: number, reason: string): void {
    this.retirement = { code, reason };
    this.reading.pause(Unread.Drain);
    if (this.flow.isIdle) this.finishRetirement(this.retirement);
  }

  cut(code: number, reason: string): void {
    this.close(code, reason);
    this.connection.terminate();
  }

  /** An ERROR frame of the server, or of a broker; the caller closes. */
  sendError(message: Message<Buffer>): void {
    const frame = this.host.errors.forClient(message);
    if (frame) this.writer.error(frame);
  }

  leave(): void {
    this.departed = this.departure.leave();
    this.checkOver();
  }

  private enter(message: Message<Buffer>, user: StompPrincipal | undefined | void): SendResult {
    if (!this.writer.isOpen) return false;
    if (user) this.context.user = user;
    this.checkExpiry(this.context.user);
    return this.host.inbound.send(message);
  }

  private startTiming(serverHeartbeat: Heartbeat): void {
    const { options } = this.host;
    const times = heartbeatTimes(this.negotiated!.heartbeat, serverHeartbeat);
    this.timing.connected(times, options.pingIntervalMs);
    this.timing.expire(expiryOf(this.context.user), options.expiryWarningMs);
    if (times.readLimitMs > 0) this.connection.stopTransportHeartbeats();
  }

  private setVersion(version: StompVersion): void {
    this.context.version = version;
    this.writer.version = version;
    this.reader.setVersion(version);
  }

  private checkExpiry(user: StompPrincipal | undefined): void {
    const expiresAt = expiryOf(user);
    if (expiresAt === undefined || expiresAt > Date.now()) return;
    throw new FrameRefusedException('STOMP_ERR_CREDENTIALS_EXPIRED', EXPIRED, {
      closeCode: CloseCode.EXPIRED,
    });
  }

  /** The error handler wants the session to live on. */
  private goOn(message: Message<Buffer> | undefined): void {
    if (this.phase === 'connecting') this.phase = 'new';
    if (message === undefined) this.reader.resume();
  }

  /** A client that said DISCONNECT gets its RECEIPT and a close of its own. */
  private finishRetirement({ code, reason }: { code: number; reason: string }): void {
    if (this.goodbyeFrame === undefined) this.close(code, reason);
  }

  private finishGoodbye(): void {
    const receipt = this.goodbyeFrame?.headers.native.get('receipt');
    if (receipt !== undefined) this.writer.receipt(receipt);
    this.close(CloseCode.NORMAL, '');
  }

  private end(): void {
    this.isEnding = true;
    this.flow.end();
  }

  private checkOver(): void {
    if (!this.departed || !this.closedWith) return;
    const { code, reason } = this.closedWith;
    this.announcements.disconnect(code, reason, this.goodbyeFrame !== undefined);
    void this.departed.then(() => this.context.attributes.clear());
  }
}

const EXPIRED = 'The credentials of this session have expired';

export function notConnected(what: string): FrameRefusedException {
  return new FrameRefusedException(
    'STOMP_ERR_NOT_CONNECTED',
    `${what} came before CONNECT: a session begins with a CONNECT frame`,
  );
}
