import { StompCommand, type StompFrame } from '../../frame/index.js';
import { addressText, type BrokerDialer } from './broker-dialer.js';
import {
  BrokerConnection,
  type BrokerConnectionOptions,
  type RefusalListener,
} from './broker-connection.js';
import { BrokerRefusedException, BrokerUnavailableException } from './relay.exceptions.js';
import { frameOf, headerOf } from './relay-frame.js';
import { retryDelay, type RetryOptions } from './retry-delay.js';

/** Told what becomes of a subscription. */
export interface LastingSubscriptionListener {
  onMessage(frame: StompFrame): void;
  /** The broker answered the SUBSCRIBE with ERROR. When that is certain the subscription is over; else it is tried again. */
  onRefused(error: BrokerRefusedException, isCertain: boolean): void;
}

interface LastingSubscription {
  readonly id: string;
  readonly destination: string;
  readonly listener: LastingSubscriptionListener;
}

export interface LastingConnectionOptions extends BrokerConnectionOptions, RetryOptions {
  readonly connect: StompFrame;
  readonly maxBufferBytes: number;
}

/** Told when a lasting connection came, with the broker's CONNECTED, or went, with the reason; and where it goes. */
export interface LastingConnectionListener {
  /** It was ended, and so many messages could not be written before. */
  onUnwritten(messages: number, host: string): void;
  onUp(connected: StompFrame, host: string): void;
  onDown(error: Error | undefined, host: string): void;
}

/**
 * A connection of the application's own, made again whenever it is lost, with its subscriptions: for as long as the
 * application runs. A subscription that the broker refuses is not made again: it would cost the connection each time.
 */
export class LastingConnection {
  private connection: BrokerConnection | undefined;
  private isReady = false;
  private wasReady = false;
  private isCareful = false;
  private isMoving = false;
  private host: string | undefined;
  private readonly subscriptions = new Map<string, LastingSubscription>();
  private lastSubscription = 0;
  private attempts = 0;
  private retry: NodeJS.Timeout | undefined;
  private life = new AbortController();

  constructor(
    private readonly dialer: BrokerDialer,
    private readonly options: LastingConnectionOptions,
    private readonly listener: LastingConnectionListener,
  ) {}

  /** Whether it is connected, and its subscriptions are back. */
  get isUp(): boolean {
    return this.isReady && (this.connection?.isConnected ?? false);
  }

  start(): void {
    this.life = new AbortController();
    this.wasReady = this.isCareful = this.isMoving = false;
    this.attempts = 0;
    void this.open(this.life.signal);
  }

  /** Ends the connection, and with it its subscriptions. */
  async stop(): Promise<void> {
    this.life.abort();
    clearTimeout(this.retry);
    await this.disconnect();
    this.subscriptions.clear();
  }

  /** @throws BrokerUnavailableException while the broker is away, or when too much waits to be written */
  send(frame: StompFrame, receipt: boolean): Promise<void> | undefined {
    const { connection } = this;
    if (!connection?.isConnected) throw new BrokerUnavailableException('Broker not available.');
    if (connection.bufferedBytes > this.options.maxBufferBytes) {
      throw new BrokerUnavailableException(
        `The broker does not keep up: ${connection.bufferedBytes} octets wait for it (maxBufferBytes)`,
      );
    }
    return connection.send(frame, receipt);
  }

  /** Leaves another address for this one, where the dialer goes now; what was sent before is confirmed first. */
  moveTo(host: string): void {
    if (!this.connection?.isConnected || this.host === host) return;
    this.isMoving = true;
    void this.disconnect();
  }

  private async disconnect(): Promise<void> {
    const { connection, host } = this;
    const unwritten = (await connection?.disconnect()) ?? 0;
    if (unwritten > 0) this.listener.onUnwritten(unwritten, host!);
  }

  whenDrained(): Promise<void> | undefined {
    return this.connection?.whenDrained();
  }

  /**
   * Subscribes now and after every reconnect. `stored` settles when the broker has it, refuses it, or the connection is
   * lost before.
   */
  subscribe(
    destination: string,
    listener: LastingSubscriptionListener,
  ): { stored: Promise<void>; end: () => void } {
    const subscription = { id: String(this.lastSubscription++), destination, listener };
    this.subscriptions.set(subscription.id, subscription);
    return {
      stored: this.connection?.isConnected ? this.subscribeNow(subscription) : Promise.resolve(),
      end: () => this.unsubscribe(subscription),
    };
  }

  private unsubscribe({ id, destination }: LastingSubscription): void {
    if (!this.subscriptions.delete(id) || !this.connection?.isConnected) return;
    void this.connection.send(frameOf(StompCommand.UNSUBSCRIBE, { id, destination }), false);
  }

  private subscribeNow({ id, destination, listener }: LastingSubscription): Promise<void> {
    const onRefused: RefusalListener = (error, isNamed) => {
      // Until it is ready nothing else is sent that an ERROR could be about.
      const isCertain = isNamed || !this.isReady;
      if (isCertain) this.subscriptions.delete(id);
      listener.onRefused(error, isCertain);
    };
    const frame = frameOf(StompCommand.SUBSCRIBE, { id, destination });
    return this.connection!.send(frame, true, undefined, onRefused)!;
  }

  // What was dialed before a stop may come after the next start.
  private async open(life: AbortSignal): Promise<void> {
    try {
      const { stream, address, worked, failed } = await this.dialer.dial();
      if (life.aborted) return void stream.destroy();
      const host = (this.host = addressText(address));
      let hasWorked = false;
      this.connection = new BrokerConnection(
        stream,
        this.options.connect,
        {
          onConnected: (connected) => {
            hasWorked = true;
            worked();
            void this.opened(connected, host);
          },
          onMessage: (frame) =>
            this.subscriptions
              .get(headerOf(frame, 'subscription') ?? '')
              ?.listener.onMessage(frame),
          onClosed: (error) => {
            if (!hasWorked) failed();
            this.lost(error, host, life);
          },
        },
        this.options,
      );
    } catch (error) {
      if (!life.aborted) this.lost(error as Error, 'unknown host', life);
    }
  }

  // Whoever hears that the broker is back may send at once: by then the subscriptions stand.
  private async opened(connected: StompFrame, host: string): Promise<void> {
    this.attempts = 0;
    try {
      await this.subscribeAgain();
    } catch {
      // The connection is over, which `lost` is told.
    }
    if (!this.connection?.isConnected) return;
    this.isReady = true;
    if (this.wasReady) this.options.statistics.reconnects++;
    this.wasReady = true;
    this.listener.onUp(connected, host);
  }

  // RabbitMQ does not say which SUBSCRIBE it refuses: one at a time tells.
  private async subscribeAgain(): Promise<void> {
    const all = [...this.subscriptions.values()];
    if (!this.isCareful) await Promise.all(all.map((one) => this.subscribeNow(one)));
    else for (const one of all) if (this.subscriptions.has(one.id)) await this.subscribeNow(one);
  }

  private lost(error: Error | undefined, host: string, life: AbortSignal): void {
    this.connection = undefined;
    this.isCareful = !this.isReady && error instanceof BrokerRefusedException;
    this.isReady = false;
    this.listener.onDown(error, host);
    if (life.aborted) return;
    const delay = this.isMoving ? 0 : retryDelay(this.attempts++, this.options);
    this.isMoving = false;
    this.retry = setTimeout(() => void this.open(life), delay).unref();
  }
}
