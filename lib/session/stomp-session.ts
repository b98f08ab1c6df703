import type { SendResult } from '../channel/index.js';
import { expiryOf, SimpMessageType, type Message, type StompPrincipal } from '../message/index.js';
import type { Connection, ConnectionListener } from '../transport/index.js';
import type { BrokerConnected } from './connected-frames.js';
import { Connecting } from './connecting.js';
import { Departure } from './departure.js';
import { logFailure } from './failure-log.js';
import { FrameFlow, type FlowOwner } from './frame-flow.js';
import { FrameReader, type FrameListener } from './frame-reader.js';
import { CloseCode, notConnected } from './frame-refused.exception.js';
import { sessionMessage } from './incoming-message.js';
import { LiveSessionContext, type SessionOwner } from './live-session-context.js';
import { MessageAllowance } from './message-rate.js';
import { Reading, Unread } from './reading.js';
import { sendableCloseCode } from './sendable-close-code.js';
import { SessionAnnouncements } from './session-announcements.js';
import type { DrainedSession } from './session-drain.js';
import type { SessionHost } from './session-host.js';
import { SessionSubscriptions, type SessionSubscription } from './session-subscriptions.js';
import { SessionTimeouts, type TimedSession } from './session-timeouts.js';
import { SessionTiming } from './session-timing.js';
import { SessionTransactions } from './session-transactions.js';
import { SessionWriter } from './session-writer.js';
import { errorMessage } from './stomp-sub-protocol-error-handler.js';

// A client that says DISCONNECT with a receipt gets those of its earlier frames before; not for ever.
const GOODBYE_GRACE_MS = 5000;

/** One client: what its connection says becomes messages, in order, and what is sent to it becomes frames. */
export class StompSession
  implements
    ConnectionListener,
    SessionOwner,
    FlowOwner,
    FrameListener,
    TimedSession,
    DrainedSession
{
  readonly context: LiveSessionContext;
  /** Milliseconds since 1970. */
  readonly openedAt = Date.now();
  readonly subscriptions: SessionSubscriptions;
  readonly writer: SessionWriter;
  readonly announcements: SessionAnnouncements;
  private readonly departure: Departure;
  private readonly flow: FrameFlow;
  readonly reader: FrameReader;
  readonly timing: SessionTiming;
  private readonly connecting: Connecting;
  private ownTransactions: SessionTransactions | undefined;
  private ownReading: Reading | undefined;
  private readonly allowance: MessageAllowance | undefined;
  private goodbyeFrame: Message<Buffer> | undefined;
  private isEnding = false;
  /** How the server wants to close this session as soon as nothing is in work. */
  private retirement: { code: number; reason: string } | undefined;
  /** Whether subscribers are done with the client's DISCONNECT. */
  private saidGoodbye = false;
  /** Whether subscribers were told that this session is over. */
  private hasDeparted = false;
  private closedWith: { code: number; reason: string } | undefined;

  constructor(
    readonly host: SessionHost,
    readonly connection: Connection,
  ) {
    const { options, statistics } = host;
    this.context = new LiveSessionContext(connection, this);
    this.subscriptions = new SessionSubscriptions(options.maxSubscriptions);
    this.writer = new SessionWriter(connection, host.fanOut, statistics);
    this.announcements = new SessionAnnouncements(host.events, this.context);
    this.departure = new Departure(host, this.context);
    this.flow = new FrameFlow(this, host);
    this.reader = new FrameReader(host.frameLimits, this.context, statistics, this);
    this.timing = new SessionTiming(host.deadlines, connection, new SessionTimeouts(this, host));
    this.connecting = new Connecting(this, host);
    if (options.messageRate) this.allowance = new MessageAllowance(options.messageRate);
    this.timing.awaitConnect(options.timeToFirstMessage);
  }

  /** Made when first used: most sessions have none. */
  get transactions(): SessionTransactions {
    return (this.ownTransactions ??= new SessionTransactions(this.host.options));
  }

  /** Made when first used: most sessions are read all the time. */
  private get reading(): Reading {
    return (this.ownReading ??= new Reading(this.connection, this.timing));
  }

  get isConnected(): boolean {
    return this.connecting.phase === 'connected';
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
    if (this.connecting.phase === 'new') return void this.fail(notConnected('A heart-beat'));
    if (!this.host.wantsHeartbeats || !this.isConnected) return;
    const message = sessionMessage(SimpMessageType.HEARTBEAT, undefined, this.context);
    this.flow.passOn(message);
  }

  onSlow(policy: 'terminate' | 'drop-oldest', bufferedBytes: number): void {
    this.host.statistics.slowClients++;
    this.announcements.slow(policy, bufferedBytes);
  }

  onClose(code: number, reason: string): void {
    this.closedWith = { code, reason };
    this.writer.isOpen = false;
    this.context.target = undefined;
    this.reader.stop();
    this.timing.stop();
    this.host.closed(this.context, this.isConnected, code);
    if (this.isEnding) this.checkOver();
    else this.end();
  }

  // CONNECT

  connect(message: Message<Buffer>): SendResult {
    return this.connecting.begin(message);
  }

  /** CONNECT passed the interceptors. */
  onConnectPassed(message: Message): void {
    this.departure.hasEntered = true;
    this.announcements.connect(message);
  }

  onConnectDropped(): void {
    this.connecting.giveUp();
  }

  onBrokerConnected(answer: BrokerConnected): void {
    this.connecting.onBrokerConnected(answer);
  }

  onConnectComplete(): void {
    if (this.writer.isOpen) this.connecting.complete();
  }

  // Frames of a connected session

  announce(subscription: SessionSubscription): void {
    this.announcements.subscribed(subscription);
  }

  announceEnd(subscription: SessionSubscription, message: Message): void {
    this.announcements.unsubscribed(subscription, message);
  }

  onFramePassed(message: Message): void {
    this.flow.onPassed(message);
  }

  goodbye(message: Message<Buffer>): void {
    this.host.statistics.disconnects++;
    this.goodbyeFrame = message;
    this.reader.stop();
    // STOMP 1.2, DISCONNECT: nothing the client sends after it counts.
    this.flow.forget();
    if (this.writer.isOpen) this.timing.grace(GOODBYE_GRACE_MS);
    // The connection closed while the frame waited: the end of the session was forgotten with the rest.
    if (this.isEnding) this.flow.end();
    void this.departure.leave(message).then(() => {
      this.saidGoodbye = true;
      this.onWorkDone();
    });
  }

  onDisconnectPassed(): void {
    this.departure.hasPassed = true;
  }

  onFlowPaused(paused: boolean): void {
    if (paused) this.reading.pause(Unread.Work);
    else this.reading.resume(Unread.Work);
  }

  onWorkDone(): void {
    if (this.retirement && this.flow.isIdle) this.finishRetirement(this.retirement);
    if (this.goodbyeFrame === undefined || !this.saidGoodbye) return;
    const wantsReceipt = this.goodbyeFrame.headers.native.has('receipt');
    if (!wantsReceipt || this.flow.inWork === 0) this.behindMessages(() => this.finishGoodbye());
  }

  readAgain(): void {
    this.reading.resume(Unread.Rate);
  }

  /** Another principal of the same name, whose credentials end at another time. */
  renew(user: StompPrincipal): void {
    this.context.user = user;
    this.timing.expire(expiryOf(user), this.host.options.expiryWarningMs);
  }

  // The end

  fail(error: unknown, message?: Message<Buffer>): boolean {
    const exception = error instanceof Error ? error : new Error(String(error));
    logFailure(this.host, this.context.id, exception);
    if (!this.writer.isOpen) return false;
    const frame = this.host.errors.forFrame(exception, message);
    if (frame === null) return this.goOn(message);
    this.writer.error(frame);
    const { closeCode } = exception as { closeCode?: unknown };
    this.close(sendableCloseCode(closeCode ?? CloseCode.PROTOCOL, this.host, exception), '');
    return false;
  }

  /** Writes what waits, with `error` an ERROR frame behind it, and closes. */
  close(code: number, reason: string, error?: string): void {
    if (!this.writer.isOpen) return;
    if (error !== undefined) this.sendError(errorMessage(error));
    this.writer.close(sendableCloseCode(code, this.host), reason);
    this.reader.stop();
    this.timing.stop();
    this.flow.forget();
    this.end();
  }

  retire(code: number, reason: string): void {
    // One that is closing already has to read the client's answer to its close.
    if (!this.writer.isOpen) return;
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
    void this.departure.leave();
    this.hasDeparted = true;
    this.checkOver();
  }

  /** The error handler wants the session to live on. */
  private goOn(message: Message<Buffer> | undefined): true {
    this.connecting.giveUp();
    if (message === undefined) this.reader.resume();
    return true;
  }

  /** A client that said DISCONNECT gets its RECEIPT and a close of its own. */
  private finishRetirement({ code, reason }: { code: number; reason: string }): void {
    if (this.goodbyeFrame === undefined) this.behindMessages(() => this.close(code, reason));
  }

  /** Acts behind what is with an asynchronous interceptor of clientOutboundChannel. */
  private behindMessages(act: () => void): void {
    const pending = this.host.pendingOutbound(this.context.id);
    if (pending) void pending.then(act);
    else act();
  }

  /** RECEIPT for DISCONNECT, if it was asked, and a normal close. */
  finishGoodbye(): void {
    const receipt = this.goodbyeFrame?.headers.native.get('receipt');
    if (receipt !== undefined) this.writer.receipt(receipt);
    this.close(CloseCode.NORMAL, '');
  }

  private end(): void {
    this.isEnding = true;
    this.flow.end();
  }

  private checkOver(): void {
    if (!this.hasDeparted || !this.closedWith) return;
    const { code, reason } = this.closedWith;
    this.announcements.disconnect(code, reason, this.goodbyeFrame !== undefined);
  }
}
