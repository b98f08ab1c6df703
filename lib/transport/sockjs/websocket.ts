import { Buffer } from 'node:buffer';
import type { Handshake, StompPrincipal } from '../../message/index.js';
import type { Connection, ConnectionAcceptor, ConnectionListener } from '../connection.js';
import type { ConnectionEnvironment } from '../connection-environment.js';
import type { ConnectionRegistry } from '../connection-registry.js';
import type { Exchange } from '../exchange.js';
import { FrameBatch } from '../frame-batch.js';
import type { Handshaker } from '../handshaker.js';
import { WebSocketConnection } from '../websocket/web-socket-connection.js';
import { upgradeRefusal, WebSocketUpgrader } from '../websocket/web-socket-upgrader.js';
import {
  closeFrame,
  HEARTBEAT_FRAME,
  messagesIn,
  OPEN_FRAME,
  sockJsBatch,
  textFrame,
  textsOf,
} from './sock-js-frames.js';
import type { SockJsSettings } from './sock-js-options.js';

const OPEN = new FrameBatch([textFrame(OPEN_FRAME)], false);
const HEARTBEAT = new FrameBatch([textFrame(HEARTBEAT_FRAME)], false);

/** What WebSockets need that take messages of the same length. */
interface Lane {
  readonly upgrader: WebSocketUpgrader;
  readonly environment: ConnectionEnvironment;
}

/** Opens WebSockets with SockJS framing. */
export class SockJsWebSocket {
  private readonly lanes = new Map<number, Lane>();

  constructor(
    private readonly handshaker: Handshaker,
    private readonly environment: ConnectionEnvironment,
    private readonly registry: ConnectionRegistry,
    private readonly accept: ConnectionAcceptor,
  ) {}

  async handle(exchange: Exchange): Promise<void> {
    const accepted = await this.handshaker.run(exchange, upgradeRefusal);
    if (accepted === undefined) return;
    const settings = exchange.endpoint.sockJs!;
    const { upgrader, environment } = this.laneOf(settings);
    upgrader.upgrade(exchange, accepted, (ws, socket) => {
      const inner = new WebSocketConnection(ws, socket, environment, accepted);
      this.registry.add(inner, accepted.place);
      inner.open(
        () => new SockJsWebSocketConnection(inner, settings, environment, this.accept),
        this.registry,
      );
      accepted.succeed();
    });
  }

  /** Texts are longer here than on a plain WebSocket: SockJS quotes them. */
  private laneOf({ maxBodyBytes }: SockJsSettings): Lane {
    let lane = this.lanes.get(maxBodyBytes);
    if (lane === undefined) {
      const settings = { ...this.environment.settings, maxTextMessageBytes: maxBodyBytes };
      const environment = { ...this.environment, settings };
      this.lanes.set(
        maxBodyBytes,
        (lane = { upgrader: new WebSocketUpgrader(settings), environment }),
      );
    }
    return lane;
  }
}

/** SockJS frames over a WebSocket. */
class SockJsWebSocketConnection implements Connection, ConnectionListener {
  readonly transport = 'websocket';
  readonly supportsBinary = false;
  readonly protocol = '';
  readonly handshake: Handshake;
  readonly endpoint: string;
  readonly user: StompPrincipal | undefined;
  private readonly listener: ConnectionListener;
  private heartbeat: NodeJS.Timeout | undefined;

  constructor(
    private readonly inner: WebSocketConnection,
    private readonly settings: SockJsSettings,
    private readonly environment: ConnectionEnvironment,
    accept: ConnectionAcceptor,
  ) {
    this.handshake = inner.handshake;
    this.endpoint = inner.endpoint;
    this.user = inner.user;
    inner.write(OPEN);
    this.listener = accept(this);
    // Behind `accept`: where it throws nobody would clear the timer.
    this.heartbeat = setTimeout(() => this.beat(), settings.heartbeatTime);
  }

  get attributes(): Map<string, unknown> {
    return this.inner.attributes;
  }

  get bufferedBytes(): number {
    return this.inner.bufferedBytes;
  }

  get lastReadAt(): number {
    return this.inner.lastReadAt;
  }

  get lastWriteAt(): number {
    return this.inner.lastWriteAt;
  }

  write(batch: FrameBatch): void {
    const framed = sockJsBatch(batch);
    this.environment.stats.binaryFramesDropped += batch.frameCount - textsOf(batch).length;
    if (framed !== undefined) this.inner.write(framed);
  }

  pause(): void {
    this.inner.pause();
  }

  resume(): void {
    this.inner.resume();
  }

  ping(): void {
    this.inner.ping();
  }

  stopTransportHeartbeats(): void {
    clearTimeout(this.heartbeat);
  }

  close(code: number, reason: string): void {
    this.inner.write(new FrameBatch([textFrame(closeFrame(code, reason))], false));
    this.inner.close(code, reason);
  }

  terminate(): void {
    this.inner.terminate();
  }

  onData(octets: Buffer): void {
    // SockJS 0.3.3, Websocket.test_empty_frame
    if (octets.length === 0) return;
    const text = octets.toString();
    const messages = messagesIn(text.startsWith('[') ? text : `[${text}]`);
    if (!messages) return this.inner.close(1002, 'Broken framing.');
    for (const message of messages) this.listener.onData(Buffer.from(message));
  }

  onClose(code: number, reason: string): void {
    clearTimeout(this.heartbeat);
    this.listener.onClose(code, reason);
  }

  onSlow(policy: 'terminate' | 'drop-oldest', bufferedBytes: number): void {
    this.listener.onSlow(policy, bufferedBytes);
  }

  /** Sends a heart-beat frame when nothing was sent for the time, and looks again later. */
  private beat(): void {
    const { heartbeatTime } = this.settings;
    const dueMs = Math.ceil(this.lastWriteAt + heartbeatTime - performance.now());
    if (dueMs <= 0) this.inner.write(HEARTBEAT);
    this.heartbeat = setTimeout(() => this.beat(), dueMs > 0 ? dueMs : heartbeatTime);
  }
}
