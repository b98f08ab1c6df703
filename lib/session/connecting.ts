import { pendingSend, type SendResult } from '../channel/index.js';
import { parseHeartbeat, StompCommand, type Heartbeat, type StompVersion } from '../frame/index.js';
import {
  expiryOf,
  principalFault,
  StompHeaderAccessor,
  type Message,
  type StompPrincipal,
} from '../message/index.js';
import {
  authenticated,
  checkExpiry,
  heartbeatOf,
  LOGIN_FAILED,
  versionFor,
} from './connect-phase.js';
import type { BrokerConnected } from './connected-frames.js';
import type { FrameReader } from './frame-reader.js';
import { CloseCode, FrameRefusedException } from './frame-refused.exception.js';
import type { LiveSessionContext } from './live-session-context.js';
import type { SessionAnnouncements } from './session-announcements.js';
import type { SessionHost } from './session-host.js';
import { heartbeatTimes, type SessionTiming } from './session-timing.js';
import type { SessionWriter } from './session-writer.js';

/** What of a session CONNECT sets up. */
export interface ConnectingSession {
  readonly context: LiveSessionContext;
  readonly writer: SessionWriter;
  readonly reader: FrameReader;
  readonly timing: SessionTiming;
  readonly announcements: SessionAnnouncements;
}

/** The way of one session from its CONNECT frame to CONNECTED. */
export class Connecting {
  phase: 'new' | 'connecting' | 'connected' = 'new';
  /** What the client asked for. */
  private heartbeat: Heartbeat | undefined;
  private broker: BrokerConnected | undefined;

  constructor(
    private readonly session: ConnectingSession,
    private readonly host: SessionHost,
  ) {}

  /** Takes a CONNECT frame as far as clientInboundChannel. */
  begin(message: Message<Buffer>): SendResult {
    this.host.statistics.connects++;
    if (this.phase !== 'new')
      throw new FrameRefusedException(
        'STOMP_ERR_ALREADY_CONNECTED',
        'This session is connected already: CONNECT may be sent once',
      );
    this.phase = 'connecting';
    // Before anything else is looked at: an ERROR is encoded as this version says.
    this.setVersion(versionFor(message));
    this.heartbeat = heartbeatOf(message);
    const { authenticate } = this.host;
    if (!authenticate) return this.enter(message, undefined);
    const accessor = StompHeaderAccessor.getAccessor(message);
    const { handshake } = this.session.context;
    const user = authenticated(authenticate, accessor, handshake, (text, fault) =>
      this.host.error(text, fault),
    );
    if (!(user instanceof Promise)) return this.enter(message, user);
    return pendingSend(user.then((found) => this.enter(message, found)));
  }

  /** The client may try again, as the one it was before its CONNECT. */
  giveUp(): void {
    if (this.phase !== 'connecting') return;
    const { context, writer } = this.session;
    this.phase = 'new';
    this.heartbeat = this.broker = undefined;
    this.setVersion('1.2');
    context.version = undefined;
    context.user = writer.connection.user;
  }

  /** A broker that this session is connected to answered: its values go into CONNECTED. */
  onBrokerConnected(answer: BrokerConnected): void {
    if (this.phase === 'connecting') this.broker ??= answer;
  }

  /** All brokers took the session: answers with CONNECTED. */
  complete(): void {
    const { context, reader, writer, announcements } = this.session;
    // Interceptors may have set another one.
    this.checkUser();
    const { heartbeatValue, pingIntervalMs, expiryWarningMs } = this.host.options;
    const server = this.broker?.heartbeat;
    const times = heartbeatTimes(
      this.heartbeat!,
      server === undefined ? heartbeatValue : parseHeartbeat(server),
    );
    this.phase = 'connected';
    context.target = writer;
    reader.setConnected();
    if (this.broker?.version) this.setVersion(this.broker.version);
    announcements.connected();
    this.host.statistics.connected++;
    const frame = this.host.connectedFrames.of(writer.version, context.user, this.broker);
    writer.write(StompCommand.CONNECTED, frame);
    this.session.timing.connected(times, pingIntervalMs);
    this.session.timing.expire(expiryOf(context.user), expiryWarningMs);
    if (times.readLimitMs > 0) writer.connection.stopTransportHeartbeats();
    this.heartbeat = this.broker = undefined;
  }

  private enter(message: Message<Buffer>, user: StompPrincipal | undefined | void): SendResult {
    const { context, writer } = this.session;
    if (!writer.isOpen) return false;
    if (user) context.user = user;
    this.checkUser();
    return this.host.inbound.send(message);
  }

  /** @throws FrameRefusedException for one that is no principal, or whose credentials have ended */
  private checkUser(): void {
    const { context, writer } = this.session;
    const { user } = context;
    if (!user) return;
    const fault = principalFault(user);
    if (fault === undefined) return checkExpiry(user);
    context.user = writer.connection.user;
    this.host.error(`${fault} (STOMP_ERR_PRINCIPAL)`);
    throw new FrameRefusedException('STOMP_ERR_PRINCIPAL', LOGIN_FAILED, {
      closeCode: CloseCode.INTERNAL,
    });
  }

  private setVersion(version: StompVersion): void {
    const { context, writer, reader } = this.session;
    context.version = version;
    writer.version = version;
    reader.setVersion(version);
  }
}
