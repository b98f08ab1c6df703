import type { Duplex } from 'node:stream';
import { Logger } from '@nestjs/common';
import {
  encodeWholeFrame,
  HEARTBEAT,
  negotiateHeartbeat,
  StompCommand,
  StompDecoder,
  type StompFrame,
  type StompVersion,
} from '../../frame/index.js';
import { BrokerRefusedException, BrokerUnavailableException } from './relay.exceptions.js';
import { frameOf, headerOf, heartbeatOf } from './relay-frame.js';
import type { RelayStatistics } from './relay-statistics.js';

/** Told what comes from the broker. Nothing is called after `onClosed`, which is called once. */
export interface BrokerConnectionListener {
  onConnected(connected: StompFrame): void;
  /** A MESSAGE; RECEIPTs are answered by `send`. */
  onMessage(frame: StompFrame): void;
  /** The connection is over: ERROR from the broker, the socket lost, no sign of life, or `disconnect` was done. */
  onClosed(error: Error | undefined): void;
}

export interface BrokerConnectionOptions {
  /** How long until CONNECTED must have come. */
  connectTimeoutMs: number;
  /** How long until DISCONNECT must be confirmed. */
  disconnectTimeoutMs: number;
  maxFrameBytes: number;
  /** Counts the octets. */
  statistics: RelayStatistics;
}

type State = 'connecting' | 'connected' | 'disconnecting' | 'closed';

/**
 * Told of an ERROR that is about a frame: because it names the frame, or else because no other frame that asked to be told
 * waits for its RECEIPT.
 */
export type RefusalListener = (error: BrokerRefusedException, isNamed: boolean) => void;

interface Receipt {
  /** What the sender of the frame calls its receipt. */
  readonly name: string | undefined;
  readonly onRefused: RefusalListener | undefined;
  resolve(): void;
  reject(error: Error): void;
}

const logger = new Logger('StompBrokerRelay');

/** Silence after which a peer is given up, in agreed intervals: STOMP 1.2, Heart-beating, asks for a margin. */
const MARGIN = 3;

/** RabbitMQ says so of a message that was on its way when the UNSUBSCRIBE came, and carries on. */
const STALE_DELIVERY = /^There is no current subscription with tag /;

/**
 * One STOMP connection to a broker. Frames sent before CONNECTED wait for it. Receipts are asked under ids of its own,
 * so that whoever sends gets a promise instead. Any ERROR ends it: brokers may leave the socket open after one.
 */
export class BrokerConnection {
  private state: State = 'connecting';
  private version: StompVersion = '1.2';
  private readonly decoder: StompDecoder;
  private readonly waiting: StompFrame[] = [];
  private readonly receipts = new Map<string, Receipt>();
  private drained: Promise<void> | undefined;
  private lastReceipt = 0;
  private lastRead = performance.now();
  private lastWrite = performance.now();
  private corked = false;
  private unwritten = 0;
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly stream: Duplex,
    private readonly connect: StompFrame,
    private readonly listener: BrokerConnectionListener,
    private readonly options: BrokerConnectionOptions,
  ) {
    this.decoder = new StompDecoder(
      { maxFrameBytes: options.maxFrameBytes, maxHeaders: 1000, maxHeaderLineBytes: 65_536 },
      { onFrame: (frame) => this.receive(frame), onHeartbeat: () => undefined },
    );
    this.decoder.allowsBareCr = true;
    stream.on('data', (chunk: Buffer) => this.read(chunk));
    stream.on('error', (error) =>
      this.close(new BrokerUnavailableException(this.lostText(error.message), error)),
    );
    stream.on('close', () =>
      this.close(new BrokerUnavailableException('Connection to broker closed.')),
    );
    stream.on('end', () =>
      this.close(new BrokerUnavailableException('Connection to broker closed.')),
    );
    const late = `No CONNECTED frame received in ${options.connectTimeoutMs} ms.`;
    this.timers.push(
      setTimeout(
        () => this.close(new BrokerUnavailableException(late)),
        options.connectTimeoutMs,
      ).unref(),
    );
    this.write(connect);
  }

  get isConnected(): boolean {
    return this.state === 'connected';
  }

  /** Octets that wait to be written. */
  get bufferedBytes(): number {
    return this.stream.writableLength;
  }

  /**
   * Sends a frame. With `receipt` the promise settles by the broker's RECEIPT, ERROR or the end of the connection; an
   * ERROR that names the frame has `receiptName` as its `receiptId`.
   *
   * @throws BrokerUnavailableException when the connection is over
   * @throws StompException (`STOMP_ERR_HEADER_UNWRITABLE`) for a header that the broker may read otherwise; with `receipt`
   * the promise rejects
   */
  send(
    frame: StompFrame,
    receipt: boolean,
    receiptName?: string,
    onRefused?: RefusalListener,
  ): Promise<void> | undefined {
    if (this.state === 'closed')
      throw new BrokerUnavailableException('Connection to broker closed.');
    if (!receipt) {
      this.sendOrKeep(frame);
      return undefined;
    }
    const id = String(++this.lastReceipt);
    return new Promise((resolve, reject) => {
      this.sendOrKeep({ ...frame, headers: [...frame.headers, 'receipt', id] });
      this.receipts.set(id, { name: receiptName, onRefused, resolve, reject });
    });
  }

  /** Undefined while the socket takes more; else settles when it does again or is over. */
  whenDrained(): Promise<void> | undefined {
    if (!this.stream.writableNeedDrain || this.state === 'closed') return undefined;
    this.drained ??= new Promise((resolve) => {
      const done = (): void => {
        this.drained = undefined;
        this.stream.off('drain', done).off('close', done);
        resolve();
      };
      this.stream.on('drain', done).on('close', done);
    });
    return this.drained;
  }

  /**
   * Says DISCONNECT and ends the connection when the broker has confirmed it, or after `disconnectTimeoutMs`. Settles when it
   * is over, by how many messages could not be written until then: they are lost.
   */
  async disconnect(): Promise<number> {
    if (this.state === 'connecting') this.close(undefined, 'at once');
    if (this.state !== 'connected') return 0;
    const confirmed = this.send(frameOf(StompCommand.DISCONNECT, {}), true);
    this.state = 'disconnecting';
    const patience = setTimeout(
      () => this.close(undefined, 'at once'),
      this.options.disconnectTimeoutMs,
    ).unref();
    await confirmed?.catch(() => undefined);
    clearTimeout(patience);
    this.close(undefined);
    return this.unwritten;
  }

  /** Gives the connection up at once, for this reason. */
  abandon(reason: Error): void {
    this.close(reason);
  }

  private sendOrKeep(frame: StompFrame): void {
    if (this.state === 'connecting') this.waiting.push(frame);
    else if (this.state === 'connected') this.write(frame);
  }

  private write(frame: StompFrame): void {
    const octets = encodeWholeFrame(frame, this.version);
    if (frame.command !== StompCommand.SEND) return this.writeOctets(octets);
    this.unwritten++;
    this.writeOctets(octets, this.onWritten);
  }

  private readonly onWritten = (error: Error | null | undefined): void => {
    if (!error) this.unwritten--;
  };

  // Frames of one turn leave in one write.
  private writeOctets(octets: Buffer, onWritten?: (error: Error | null | undefined) => void): void {
    this.lastWrite = performance.now();
    if (!this.corked) {
      this.corked = true;
      this.stream.cork();
      setImmediate(() => {
        this.corked = false;
        this.stream.uncork();
      });
    }
    this.options.statistics.bytesOut += octets.length;
    this.stream.write(octets, onWritten);
  }

  private read(chunk: Buffer): void {
    this.lastRead = performance.now();
    this.options.statistics.bytesIn += chunk.length;
    if (this.state === 'closed') return;
    try {
      this.decoder.feed(chunk);
    } catch (error) {
      this.close(error as Error);
    }
  }

  private receive(frame: StompFrame): void {
    if (this.state === 'closed') return;
    if (frame.command === StompCommand.MESSAGE) this.deliver(frame);
    else if (frame.command === StompCommand.RECEIPT) this.settle(frame);
    else if (frame.command === StompCommand.CONNECTED) this.connected(frame);
    else if (frame.command === StompCommand.ERROR) this.refused(frame);
  }

  // What the receiver makes of a message says nothing about the connection.
  private deliver(frame: StompFrame): void {
    try {
      this.listener.onMessage(frame);
    } catch (error) {
      const { message, stack } = error as Error;
      const destination = JSON.stringify(headerOf(frame, 'destination'));
      logger.error(`A message from the broker's ${destination} was not taken: ${message}`, stack);
    }
  }

  private connected(frame: StompFrame): void {
    if (this.state !== 'connecting') return;
    this.state = 'connected';
    this.version = (headerOf(frame, 'version') ?? '1.0') as StompVersion;
    this.decoder.version = this.version;
    clearTimeout(this.timers.pop());
    this.startHeartbeats(frame);
    this.listener.onConnected(frame);
    for (const waiting of this.waiting.splice(0)) this.write(waiting);
  }

  private settle(frame: StompFrame): void {
    const id = headerOf(frame, 'receipt-id') ?? '';
    this.receipts.get(id)?.resolve();
    this.receipts.delete(id);
  }

  private refused(frame: StompFrame): void {
    const text = frame.body.toString('utf8').trim();
    if (STALE_DELIVERY.test(text)) return;
    const id = headerOf(frame, 'receipt-id');
    const named = this.receipts.get(id ?? '');
    const error = new BrokerRefusedException(
      headerOf(frame, 'message') ?? 'The broker sent ERROR',
      text,
      named?.name,
    );
    const refused = id === undefined ? this.onlyListening() : named;
    refused?.onRefused?.(error, id !== undefined);
    named?.reject(error);
    this.close(error);
  }

  private onlyListening(): Receipt | undefined {
    const [first, second] = [...this.receipts.values()].filter(({ onRefused }) => onRefused);
    return second ? undefined : first;
  }

  private startHeartbeats(connected: StompFrame): void {
    const { clientSends, serverSends } = negotiateHeartbeat(
      heartbeatOf(this.connect),
      heartbeatOf(connected),
    );
    if (clientSends > 0) this.every(clientSends, (interval) => this.beat(interval));
    if (serverSends > 0) this.every(serverSends, (interval) => this.checkAlive(interval * MARGIN));
  }

  private every(interval: number, action: (interval: number) => void): void {
    this.timers.push(setInterval(() => action(interval), Math.max(interval / 2, 10)).unref());
  }

  private beat(interval: number): void {
    if (this.state === 'connected' && performance.now() - this.lastWrite >= interval / 4)
      this.writeOctets(HEARTBEAT);
  }

  private checkAlive(limit: number): void {
    if (performance.now() - this.lastRead <= limit) return;
    // A process that did not run has not read what came meanwhile.
    setImmediate(() => {
      if (performance.now() - this.lastRead > limit)
        this.close(new BrokerUnavailableException(`No messages received in ${limit} ms.`));
    });
  }

  private lostText(reason: string): string {
    return this.state === 'connecting'
      ? `Failed to connect: ${reason}`
      : `Transport failure: ${reason}`;
  }

  private close(error: Error | undefined, how?: 'at once'): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    for (const timer of this.timers) clearTimeout(timer);
    const ended = error ?? new BrokerUnavailableException('Connection to broker closed.');
    for (const receipt of this.receipts.values()) receipt.reject(ended);
    this.receipts.clear();
    if (error || how) this.stream.destroy();
    else this.stream.end(() => this.stream.destroy());
    this.listener.onClosed(error);
  }
}
