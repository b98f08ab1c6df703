import { Logger } from '@nestjs/common';
import {
  isPending,
  Warnings,
  type ClientOutboundChannel,
  type MessageHandler,
  type PublishSubscribeChannel,
  type SessionControl,
  type StompEvents,
} from '../channel/index.js';
import type { DestinationRouter } from '../destination/index.js';
import { StompException } from '../exception/index.js';
import { StompCommand } from '../frame/index.js';
import {
  destinationUserName,
  SimpMessageType,
  type Message,
  type SessionContext,
  type StompPrincipal,
} from '../message/index.js';
import type { Connection, ConnectionListener, Turn } from '../transport/index.js';
import type { Authenticate } from './connect-phase.js';
import { ConnectedFrames } from './connected-frames.js';
import { Deadlines } from './deadlines.js';
import { ErrorFrames } from './error-frames.js';
import { FanOut } from './fan-out.js';
import { frameLimits } from './frame-limits.js';
import type { FanOutTarget } from './prepared-receivers.js';
import { CloseCode } from './frame-refused.exception.js';
import { FrameRules } from './frame-rules.js';
import { sessionMessage } from './incoming-message.js';
import { LiveSessionContext } from './live-session-context.js';
import { OutboundMessages } from './outbound-messages.js';
import { SessionDrain, type ShutdownOptions } from './session-drain.js';
import type { SessionHost } from './session-host.js';
import { resolveSessionOptions, type SessionOptions } from './session-options.js';
import { SessionStatistics } from './session-statistics.js';
import { StompSession } from './stomp-session.js';
import { StompSubProtocolErrorHandler } from './stomp-sub-protocol-error-handler.js';

/** What the sessions of one instance work with. */
export interface StompServerParts {
  /** clientInboundChannel. */
  readonly inbound: PublishSubscribeChannel;
  readonly outbound: ClientOutboundChannel;
  readonly router: DestinationRouter;
  readonly events: StompEvents;
  /** The one that the transports flush with. */
  readonly turn: Turn;
  /** In the order of their indexes. */
  readonly brokers: readonly { readonly wantsHeartbeats?: boolean }[];
  readonly options?: SessionOptions;
  readonly errorHandler?: StompSubProtocolErrorHandler;
  readonly authenticate?: Authenticate;
  /** How sessions end where `drain` is not told otherwise. */
  readonly shutdown?: ShutdownOptions;
  /** Makes the transports refuse new connections. */
  readonly stopAccepting?: () => void;
}

/**
 * All sessions of one STOMP instance: takes over accepted connections, sends what they say to clientInboundChannel, and
 * brings them what clientOutboundChannel has for them. To be made before others subscribe to clientInboundChannel, so
 * that its events come before what they lead to.
 *
 * @publicApi
 */
export class StompServer implements SessionControl {
  readonly statistics = new SessionStatistics();
  /** Sessions whose connection is open, by id. */
  readonly sessions: ReadonlyMap<string, StompSession>;
  private readonly open = new Map<string, StompSession>();
  private readonly logger = new Logger('StompServer');
  private readonly host: SessionHost;
  private readonly outboundMessages: OutboundMessages;
  private readonly leaveChannels: (() => void)[] = [];
  private inWork = 0;
  private draining: { readonly end: SessionDrain; readonly done: Promise<void> } | undefined;
  private isRunning = false;

  constructor(private readonly parts: StompServerParts) {
    this.sessions = this.open;
    this.host = this.makeHost();
    const witness: MessageHandler = { handleMessage: (message) => this.onPassed(message) };
    // Stays when the server stops: what is cut then still says DISCONNECT.
    parts.inbound.subscribe(witness);
    this.outboundMessages = new OutboundMessages(
      this.open,
      this.host.fanOut,
      this.statistics,
      parts.brokers.length,
      (text) => this.host.warn(text),
    );
  }

  /** Takes over a connection; hand it to the transports. Bound. */
  readonly accept = (connection: Connection): ConnectionListener => {
    const session = new StompSession(this.host, connection);
    this.statistics.countOpened(connection.transport);
    this.open.set(session.context.id, session);
    if (!this.isRunning) session.close(CloseCode.GOING_AWAY, 'The server is not running');
    if (this.draining) session.close(this.draining.end.code, this.draining.end.reason);
    return session;
  };

  /** Subscribes to the channels; connections are served from now on. */
  start(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    const { outbound } = this.parts;
    this.leaveChannels.push(
      outbound.subscribe(this.outboundMessages),
      outbound.subscribeDeliveries(this.outboundMessages),
    );
  }

  /** Who makes the ERROR frames from now on; for handlers that are there only after the server was made. */
  useErrorHandler(handler: StompSubProtocolErrorHandler): void {
    this.host.errors.handler = handler;
  }

  /**
   * Ends all sessions, for good: new connections are refused; then, in batches over a window, sessions are read no more,
   * what they sent is handled to its end and answered, and they are closed. What is left at the deadline is cut. Happens
   * by itself when the application closes. Settles when no session is left; called again, it is the same end.
   *
   * @param options in place of the option `shutdown`, each that is not undefined
   * @throws StompException naming an option whose value makes no sense; then everything goes on as before
   */
  drain(options: ShutdownOptions = {}): Promise<void> {
    if (this.draining) return this.draining.done;
    const given = Object.fromEntries(
      Object.entries(options).filter(([, value]) => value !== undefined),
    );
    const end = new SessionDrain(this.open, { ...this.parts.shutdown, ...given });
    this.parts.stopAccepting?.();
    this.draining = { end, done: end.run() };
    return this.draining.done;
  }

  /** Leaves the channels, once all connections are closed; whatever is still open is cut. */
  stop(): void {
    this.isRunning = false;
    for (const session of this.open.values()) session.connection.terminate();
    for (const leave of this.leaveChannels.splice(0)) leave();
  }

  /** Frames of clients whose handling has begun and is not complete. */
  get inFlight(): number {
    return this.inWork;
  }

  /** Sessions that wait for some moment: heart-beats, expiry, CONNECT. All of them, served by one timer. */
  get waitingDeadlines(): number {
    return this.host.deadlines.size;
  }

  /** Looks now at what has fallen due by `performance.now()`, for tests that move the time. */
  checkDeadlines(): void {
    this.host.deadlines.fire();
  }

  closeSession(sessionId: string, code: number, reason: string, error?: string): boolean {
    const session = this.open.get(sessionId);
    session?.close(code, reason, error);
    return session !== undefined;
  }

  renewUser(sessionId: string, user: StompPrincipal): boolean {
    const session = this.open.get(sessionId);
    if (session === undefined) return false;
    const present = session.context.user;
    if (present === undefined || destinationUserName(present) !== destinationUserName(user))
      throw new StompException(
        `Renewing may change everything but the name: this session belongs to ${present ? JSON.stringify(present.name) : 'nobody'}`,
        { code: 'STOMP_ERR_RENEWAL', closeCode: CloseCode.POLICY },
      );
    session.renew(user);
    return true;
  }

  async endSubscription(sessionId: string, subscriptionId: string): Promise<boolean> {
    const session = this.open.get(sessionId);
    const subscription = session?.subscriptions.find(subscriptionId, undefined);
    if (!session || !subscription || subscription.ended) return false;
    subscription.ended = true;
    const message = unsubscribeMessage(session.context, subscriptionId, subscription.destination);
    const result = this.parts.inbound.sendUnintercepted(message);
    if (isPending(result)) await result.completed;
    session.announceEnd(subscription, message);
    return true;
  }

  /** What the interceptors of clientInboundChannel let pass, as they left it. */
  private onPassed(message: Message): void {
    const { messageType, session } = message.headers.fields;
    if (messageType === SimpMessageType.MESSAGE || session === undefined) return;
    const owner = session instanceof LiveSessionContext ? session.owner : undefined;
    // One of another instance is not ours to tell.
    if (owner?.host !== this.host) return;
    if (messageType === SimpMessageType.CONNECT) owner.onConnectPassed(message);
    else if (messageType === SimpMessageType.DISCONNECT) owner.onDisconnectPassed();
    else owner.onFramePassed(message);
  }

  private makeHost(): SessionHost {
    const { inbound, outbound, router, events, turn, brokers, options, authenticate } = this.parts;
    const { statistics } = this;
    const resolved = resolveSessionOptions(options);
    const warn = (text: string, error?: unknown): void => this.warn(text, error);
    return {
      inbound,
      router,
      events,
      statistics,
      authenticate,
      warn,
      brokerCount: brokers.length,
      wantsHeartbeats: brokers.some((broker) => broker.wantsHeartbeats),
      options: resolved,
      frameLimits: frameLimits(resolved),
      connectedFrames: new ConnectedFrames(resolved.heartbeatValue),
      rules: new FrameRules(router, brokers.length, resolved),
      deadlines: new Deadlines((error) => warn('A session failed at its time', error)),
      fanOut: new FanOut(turn, targetOf, statistics, warn, new Warnings(this.logger)),
      errors: new ErrorFrames(this.parts.errorHandler ?? new StompSubProtocolErrorHandler(), warn),
      pendingOutbound: (sessionId) => outbound.pending(sessionId),
      frameBegan: () => this.inWork++,
      frameFinished: () => this.inWork--,
      closed: (session, wasConnected, code) => this.onClosed(session, wasConnected, code),
      error: (text, error) => this.error(text, error),
      debug: (text) => this.logger.debug(text),
    };
  }

  private onClosed({ id, transport }: SessionContext, wasConnected: boolean, code: number): void {
    this.open.delete(id);
    this.statistics.countClosed(transport, wasConnected, code);
    this.draining?.end.onSessionClosed();
  }

  private error(text: string, error: unknown): void {
    this.logger.error(text, error instanceof Error ? error.stack : undefined);
  }

  private warn(text: string, error: unknown): void {
    const reason = error instanceof Error ? `: ${error.message}` : '';
    this.logger.warn(`${text}${reason}`);
  }
}

function targetOf(session: SessionContext): FanOutTarget | undefined {
  return session instanceof LiveSessionContext ? session.target : undefined;
}

function unsubscribeMessage(
  session: SessionContext,
  subscriptionId: string,
  destination: string,
): Message<Buffer> {
  const message = sessionMessage(SimpMessageType.UNSUBSCRIBE, StompCommand.UNSUBSCRIBE, session);
  message.headers.fields.subscriptionId = subscriptionId;
  message.headers.fields.destination = destination;
  return message;
}
