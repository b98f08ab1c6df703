import WebSocket, { type ClientOptions } from 'ws';
import { frameOctets, readFrames, type Headers, type ReceivedFrame } from './stomp-wire.js';

/** How long a verb waits for what should come before the test fails. */
const PATIENCE_MS = 15_000;

export interface OpenOptions extends ClientOptions {
  protocols?: string[];
}

export interface Closed {
  code: number;
  reason: string;
}

interface Waiter {
  take(): boolean;
}

/** A raw STOMP client: what a test says is what goes over the WebSocket, and nothing is done on its own. */
export class StompClient {
  heartbeats = 0;
  private readonly received: ReceivedFrame[] = [];
  private readonly waiters = new Set<Waiter>();
  private end: Closed | undefined;
  private receipts = 0;

  private constructor(readonly socket: WebSocket) {
    socket.binaryType = 'nodebuffer';
    socket.on('message', (data: Buffer, binary) => this.onMessage(data, binary));
    socket.on('error', () => undefined);
    socket.on('close', (code, reason) => {
      this.end = { code, reason: reason.toString() };
      this.wake();
    });
  }

  /** Opens the WebSocket, says nothing. Rejects with the status in its text when the handshake is refused. */
  static async open(
    url: string,
    { protocols = [], ...options }: OpenOptions = {},
  ): Promise<StompClient> {
    const socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...options });
    const client = new StompClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return client;
  }

  /** Opens, sends CONNECT and waits for CONNECTED. */
  static async connect(
    url: string,
    headers: Headers = {},
    options?: OpenOptions,
  ): Promise<StompClient> {
    const client = await StompClient.open(url, options);
    const connected = await client.connect(headers);
    if (connected.command !== 'CONNECTED')
      throw new Error(`${connected.command} ${connected.headers.message}: ${connected.text}`);
    return client;
  }

  /** Sends CONNECT and gives the first frame that comes back. */
  connect(headers: Headers = {}): Promise<ReceivedFrame> {
    this.frame('CONNECT', {
      'accept-version': '1.2',
      host: 'localhost',
      'heart-beat': '0,0',
      ...headers,
    });
    return this.nextFrame();
  }

  frame(command: string, headers: Headers = {}, body: string | Buffer = ''): void {
    this.raw(frameOctets(command, headers, body));
  }

  raw(data: string | Buffer, options: { binary?: boolean; fin?: boolean } = {}): void {
    this.socket.send(data, { binary: false, ...options });
  }

  send(destination: string, body: string | Buffer = '', headers: Headers = {}): void {
    this.frame('SEND', { destination, ...headers }, body);
  }

  /** SUBSCRIBE, and waits until it has taken effect. */
  async subscribe(destination: string, id = '1', headers: Headers = {}): Promise<void> {
    await this.receipt('SUBSCRIBE', { id, destination, ...headers });
  }

  /** Sends a frame that asks for a RECEIPT and waits for it; frames that come before stay to be read. */
  async receipt(
    command: string,
    headers: Headers = {},
    body: string | Buffer = '',
  ): Promise<ReceivedFrame> {
    const id = `receipt-${++this.receipts}`;
    this.frame(command, { receipt: id, ...headers }, body);
    return this.pick(
      `a RECEIPT for ${command}`,
      (frame) =>
        frame.command === 'ERROR' ||
        (frame.command === 'RECEIPT' && frame.headers['receipt-id'] === (headers.receipt ?? id)),
    ).then((frame) => {
      if (frame.command === 'ERROR') throw new Error(`ERROR ${frame.headers.message}`);
      return frame;
    });
  }

  /** The next frame; fails when none comes, or when it has another command. */
  async nextFrame(command?: string): Promise<ReceivedFrame> {
    const frame = await this.pick(`a ${command ?? ''} frame`, () => true);
    if (command !== undefined && frame.command !== command)
      throw new Error(
        `expected ${command}, got ${frame.command} ${JSON.stringify(frame.headers)} ${frame.text}`,
      );
    return frame;
  }

  message(): Promise<ReceivedFrame> {
    return this.nextFrame('MESSAGE');
  }

  async messages(count: number): Promise<ReceivedFrame[]> {
    const frames: ReceivedFrame[] = [];
    while (frames.length < count) frames.push(await this.message());
    return frames;
  }

  /** What has come by now and was not read: what the server had sent before is there before a RECEIPT it sends now. */
  async settled(): Promise<readonly ReceivedFrame[]> {
    await this.receipt('SEND', { destination: '/topic/nobody-listens' });
    return this.received;
  }

  async expectNoFrame(): Promise<void> {
    if ((await this.settled()).length > 0)
      throw new Error(
        `unexpected ${this.received.map((f) => `${f.command} ${f.text}`).join('; ')}`,
      );
  }

  /** Frames that came and were not read yet. */
  get pending(): readonly ReceivedFrame[] {
    return this.received;
  }

  /** Resolves when the connection is closed. */
  async closed(): Promise<Closed> {
    await this.until('the connection to be closed', () => this.end !== undefined);
    return this.end!;
  }

  get isClosed(): boolean {
    return this.end !== undefined;
  }

  /** An ERROR frame, then the end of the connection, and nothing between. */
  async refused(): Promise<ReceivedFrame & { close: Closed }> {
    const error = await this.nextFrame('ERROR');
    const close = await this.closed();
    if (this.received.length > 0) throw new Error(`${this.received[0]!.command} after the ERROR`);
    return { ...error, close };
  }

  async disconnect(): Promise<void> {
    await this.receipt('DISCONNECT');
    await this.closed();
  }

  /** Ends the connection without a word, as a lost one. */
  async vanish(): Promise<void> {
    this.socket.terminate();
    await this.closed();
  }

  /** Waits until something holds that changes when frames, heart-beats or the end of the connection come. */
  until(what: string, holds: () => boolean, patienceMs = PATIENCE_MS): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        take: () => {
          if (!holds()) return false;
          clearTimeout(timer);
          resolve();
          return true;
        },
      };
      const timer = setTimeout(() => {
        this.waiters.delete(waiter);
        reject(
          new Error(`waited for ${what} in vain${this.end ? `; closed ${this.end.code}` : ''}`),
        );
      }, patienceMs);
      this.waiters.add(waiter);
    });
  }

  private async pick(
    what: string,
    wanted: (frame: ReceivedFrame) => boolean,
  ): Promise<ReceivedFrame> {
    const find = (): number => this.received.findIndex(wanted);
    await this.until(what, () => find() >= 0 || this.end !== undefined);
    const index = find();
    if (index < 0)
      throw new Error(`expected ${what}, but the connection was closed ${this.end?.code}`);
    return this.received.splice(index, 1)[0]!;
  }

  private onMessage(data: Buffer, binary: boolean): void {
    const { frames, heartbeats } = readFrames(data, binary);
    this.received.push(...frames);
    this.heartbeats += heartbeats;
    this.wake();
  }

  private wake(): void {
    for (const waiter of this.waiters) if (waiter.take()) this.waiters.delete(waiter);
  }
}
