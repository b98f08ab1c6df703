import { Buffer, isUtf8 } from 'node:buffer';
import type { Server } from 'node:http';
import type { INestApplicationContext } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { WebSocket, type ClientOptions, type RawData } from 'ws';
import {
  encodeFrame,
  HEARTBEAT,
  negotiateHeartbeat,
  parseHeartbeat,
  StompCommand,
  StompDecoder,
  type StompFrame,
  type StompVersion,
} from '../frame/index.js';
import { ClientBeat } from './client-beat.js';
import { StompExpectationException } from './expectation.exception.js';
import { FrameLog } from './frame-log.js';
import { Inbox } from './inbox.js';
import { connectInMemory } from './memory-socket.js';
import { TestMessage } from './test-message.js';
import { TestSubscription } from './test-subscription.js';

/**
 * How a test client connects.
 *
 * @publicApi
 */
export interface StompTestClientOptions {
  /** Path of the endpoint, when an application is given. @default '/stomp' */
  path?: string;
  login?: string;
  passcode?: string;
  /** More headers of CONNECT. */
  connectHeaders?: Readonly<Record<string, string>>;
  /** Headers of the handshake: `cookie`, `authorization`, `origin`. */
  headers?: Readonly<Record<string, string>>;
  /** Versions to offer. @default '1.2' */
  acceptVersion?: string;
  /** Milliseconds `[sends, wants]`; the client beats as it agreed. @default [0, 0] */
  heartbeat?: readonly [number, number];
  /** How long expectations wait, in milliseconds: less than a test may take, so that the frames are shown. @default 4000 */
  timeoutMs?: number;
}

/**
 * How a connection ended.
 *
 * @publicApi
 */
export interface TestClose {
  readonly code: number;
  readonly reason: string;
}

/** Frame headers; undefined leaves one out. */
type Headers = Readonly<Record<string, string | undefined>>;

const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/**
 * A STOMP client for tests: in memory with a Nest application that needs no port (`await app.init()` is enough), through
 * the same handshake and sessions as over a network, or over a real socket with any `ws://` address. When an expectation
 * fails its text ends with all frames of the session.
 *
 * @publicApi
 */
export class StompTestClient {
  /** How long expectations wait, in milliseconds. */
  readonly timeoutMs: number;
  /** Everything that was sent and received, to read or print. */
  readonly log = new FrameLog();
  /** Heart-beats received. */
  heartbeats = 0;
  private version: StompVersion = '1.2';
  private readonly decoder: StompDecoder;
  private readonly frames = new Inbox<TestMessage>();
  private readonly subscriptions = new Map<string, TestSubscription>();
  private connected: TestMessage | undefined;
  private readonly closing: Promise<TestClose>;
  private last: TestMessage | undefined;
  private lastId = 0;
  private beat: ClientBeat | undefined;

  private constructor(
    private readonly socket: WebSocket,
    private readonly options: StompTestClientOptions,
  ) {
    this.timeoutMs = timeoutOf(options);
    const limits = {
      maxFrameBytes: MAX_FRAME_BYTES,
      maxHeaders: 1000,
      maxHeaderLineBytes: MAX_FRAME_BYTES,
    };
    this.decoder = new StompDecoder(limits, {
      onFrame: (frame) => this.receive(frame),
      onHeartbeat: () => this.heartbeats++,
    });
    socket.on('message', (data: RawData) => this.decoder.feed(data as Buffer));
    this.closing = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        this.beat?.stop();
        this.log.note(`closed ${code} ${reason.toString()}`);
        this.end(`The connection was closed with ${code} ${reason.toString()}`);
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  /** Opens a connection and waits for CONNECTED. @throws StompExpectationException when the server refuses */
  static async connect(
    target: INestApplicationContext | string,
    options: StompTestClientOptions = {},
  ): Promise<StompTestClient> {
    const client = await StompTestClient.open(target, options);
    const answer = await client.sendConnect();
    if (answer.command !== 'CONNECTED')
      throw client.unmet(`CONNECT was refused: ${answer.headers.message}`);
    return client;
  }

  /** Opens a connection and sends nothing. @throws Error when the handshake is refused */
  static async open(
    target: INestApplicationContext | string,
    options: StompTestClientOptions = {},
  ): Promise<StompTestClient> {
    const client = new StompTestClient(openSocket(target, options), options);
    await new Promise<void>((resolve, reject) =>
      client.socket
        .once('open', resolve)
        .once('error', (error) => reject(explained(error, target, options))),
    );
    client.socket.on('error', () => undefined);
    return client;
  }

  /** Sends CONNECT; gives CONNECTED or ERROR. */
  async sendConnect(headers: Headers = {}): Promise<TestMessage> {
    const {
      login,
      passcode,
      acceptVersion = '1.2',
      heartbeat = [0, 0],
      connectHeaders,
    } = this.options;
    const known = {
      'accept-version': acceptVersion,
      host: 'localhost',
      login,
      passcode,
      'heart-beat': heartbeat.join(','),
    };
    this.frame('CONNECT', { ...known, ...connectHeaders, ...headers });
    const answer = await this.nextFrame();
    if (answer.command === 'CONNECTED') this.begin(answer);
    return answer;
  }

  /** Name of the user as the server knows it. */
  get userName(): string | undefined {
    return this.connected?.headers['user-name'];
  }

  /** Subscribes, and waits until the subscription is in force. */
  async subscribe(destination: string, headers: Headers = {}): Promise<TestSubscription> {
    const id = headers.id ?? `sub-${this.lastId++}`;
    const subscription = new TestSubscription(this, id, destination);
    this.subscriptions.set(id, subscription);
    await this.receipt('SUBSCRIBE', { ...headers, id, destination });
    return subscription;
  }

  /** @internal */
  async unsubscribe({ id, destination }: TestSubscription): Promise<void> {
    await this.receipt('UNSUBSCRIBE', { id, destination });
    this.subscriptions.delete(id);
  }

  /** SEND: text and octets as they are, anything else as JSON. Octets that are no UTF-8 go as a binary WebSocket message. */
  send(destination: string, body: unknown = '', headers: Headers = {}): void {
    const { octets, contentType } = encoded(body);
    this.frame('SEND', { 'content-type': contentType, ...headers, destination }, octets);
  }

  /** SEND, and waits until it has taken effect. */
  async sendAndWait(destination: string, body: unknown = '', headers: Headers = {}): Promise<void> {
    const { octets, contentType } = encoded(body);
    await this.receipt('SEND', { 'content-type': contentType, ...headers, destination }, octets);
  }

  /** Sends and waits for the answer. @param replyTo where it comes. @default '/user/queue/reply' */
  async request(
    destination: string,
    body: unknown = '',
    { replyTo = '/user/queue/reply', ...headers }: Headers = {},
  ): Promise<TestMessage> {
    const replies = await this.subscribe(replyTo);
    this.send(destination, body, headers);
    const reply = await replies.next();
    await replies.unsubscribe();
    return reply;
  }

  /** Sends any frame and waits for its RECEIPT. @throws StompExpectationException on ERROR */
  async receipt(
    command: string,
    headers: Headers = {},
    body: Buffer | string = '',
  ): Promise<TestMessage> {
    const id = `receipt-${this.lastId++}`;
    this.frame(command, { ...headers, receipt: id }, body);
    const answer = await this.nextFrame(
      (frame) => frame.command === 'ERROR' || frame.headers['receipt-id'] === id,
    );
    if (answer.command === 'ERROR')
      throw this.unmet(`${command} was answered by ERROR: ${answer.headers.message}`);
    return answer;
  }

  /** Sends a frame as it is said, without any check. */
  frame(command: string, headers: Headers = {}, body: Buffer | string = ''): void {
    const flat: string[] = [];
    for (const [name, value] of Object.entries(headers))
      if (value !== undefined) flat.push(name, value);
    const frame: StompFrame = {
      command: command as StompCommand,
      headers: flat,
      body: Buffer.from(body),
    };
    this.log.add('>', frame);
    this.socket.send(encodeFrame(frame, this.version), { binary: !isUtf8(frame.body) });
  }

  /** Sends these octets as one WebSocket message. */
  rawFrame(octets: string | Buffer): void {
    this.log.note(`> ${JSON.stringify(octets.toString('latin1').slice(0, 200))}`);
    this.socket.send(octets, { binary: typeof octets !== 'string' });
  }

  /** The next frame that is no MESSAGE of a subscription: RECEIPT, ERROR, CONNECTED. @throws StompExpectationException */
  nextFrame(accepts: (frame: TestMessage) => boolean = () => true): Promise<TestMessage> {
    return this.frames.take(accepts, this.timeoutMs, () =>
      this.unmet(`No such frame came within ${this.timeoutMs} ms`),
    );
  }

  /** The ERROR frame that comes; afterwards the server closes. @throws StompExpectationException */
  expectError(): Promise<TestMessage> {
    return this.nextFrame(({ command }) => command === 'ERROR');
  }

  /** Everything that the server had sent before has arrived. */
  async settle(): Promise<void> {
    const transaction = `settle-${this.lastId++}`;
    await this.receipt('BEGIN', { transaction });
    await this.receipt('ABORT', { transaction });
  }

  /** The ERROR frame that comes, behind it nothing, and how the server then closes. @throws StompExpectationException */
  async expectRefusal(): Promise<{ error: TestMessage; close: TestClose }> {
    const error = await this.expectError();
    const close = await this.closed();
    if (this.last !== error) throw this.unmet(`${this.last?.command} came behind the ERROR`);
    return { error, close };
  }

  /**
   * Holds when nothing came up to now that was not looked at, to no subscription and beside them.
   *
   * @throws StompExpectationException
   */
  async expectSilence(): Promise<void> {
    if (!this.isClosed) await this.settle();
    const inboxes = [this.frames, ...Array.from(this.subscriptions.values(), (one) => one.inbox)];
    const [frame] = inboxes.flatMap(({ pending }) => pending);
    if (frame) throw this.unmet(`${frame.command} came, but nothing was expected: ${frame.text}`);
  }

  /** Code and reason when the connection is closed by either side. @throws StompExpectationException when it stays open */
  async closed(): Promise<TestClose> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const fail = (): void =>
        reject(this.unmet(`The connection was not closed within ${this.timeoutMs} ms`));
      timer = setTimeout(fail, this.timeoutMs);
    });
    return Promise.race([this.closing, late]).finally(() => clearTimeout(timer));
  }

  get isClosed(): boolean {
    return this.socket.readyState === WebSocket.CLOSED;
  }

  /** DISCONNECT, confirmed, and closed. @throws StompExpectationException when either does not come in time */
  async disconnect(): Promise<void> {
    if (this.connected && this.socket.readyState === WebSocket.OPEN)
      await this.receipt('DISCONNECT');
    await this.close();
  }

  /** Reads nothing until `resume`, as a client that is too slow. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /**
   * Closes the WebSocket without DISCONNECT, as a page that is left; one that is paused reads again, for the server's answer.
   *
   * @throws StompExpectationException when the server does not answer in time
   */
  async close(code = 1000): Promise<void> {
    this.socket.close(code);
    this.socket.resume();
    await this.closed();
  }

  /** Cuts the connection without a word. */
  async vanish(): Promise<void> {
    this.socket.terminate();
    await this.closing;
  }

  /** @internal */
  unmet(expected: string): StompExpectationException {
    return new StompExpectationException(expected, this.log.toString());
  }

  private end(why: string): void {
    const unmet = (): Error => this.unmet(why);
    this.frames.end(unmet);
    for (const { inbox } of this.subscriptions.values()) inbox.end(unmet);
  }

  private begin(connected: TestMessage): void {
    this.connected = connected;
    this.version = (connected.headers.version ?? '1.0') as StompVersion;
    this.decoder.version = this.version;
    const { heartbeat = [0, 0] } = this.options;
    const offered = parseHeartbeat(connected.headers['heart-beat']);
    const { clientSends } = negotiateHeartbeat(heartbeat, offered);
    if (clientSends === 0) return;
    this.beat = new ClientBeat(clientSends, () => this.socket.send(HEARTBEAT, { binary: false }));
  }

  private receive(frame: StompFrame): void {
    this.log.add('<', frame);
    const message = new TestMessage(frame);
    this.last = message;
    const subscription = this.subscriptions.get(message.headers.subscription ?? '');
    if (frame.command === StompCommand.MESSAGE && subscription) subscription.inbox.put(message);
    else this.frames.put(message);
  }
}

function openSocket(
  target: INestApplicationContext | string,
  options: StompTestClientOptions,
): WebSocket {
  const settings: ClientOptions = {
    perMessageDeflate: false,
    headers: { ...options.headers },
    handshakeTimeout: timeoutOf(options),
  };
  const protocols = ['v12.stomp', 'v11.stomp', 'v10.stomp'];
  if (typeof target === 'string') return new WebSocket(target, protocols, settings);
  const server = target.get(HttpAdapterHost, { strict: false }).httpAdapter?.getHttpServer() as
    Server | undefined;
  if (!server)
    throw new StompExpectationException(
      'The application has no HTTP server: create it with createNestApplication',
      '',
    );
  const createConnection = (() =>
    connectInMemory(server)) as unknown as ClientOptions['createConnection'];
  return new WebSocket(`ws://localhost${options.path ?? '/stomp'}`, protocols, {
    ...settings,
    createConnection,
  });
}

const timeoutOf = ({ timeoutMs = 4000 }: StompTestClientOptions): number => timeoutMs;

/** What a test that has just been begun gets wrong: the application has not started, or the endpoint is another one. */
function explained(
  error: Error,
  target: INestApplicationContext | string,
  { path = '/stomp' }: StompTestClientOptions,
): Error {
  if (typeof target === 'string' || !error.message.endsWith('404')) return error;
  const text = `The application has no endpoint ${path} (404): await app.init() first, and name the endpoint's path in the options`;
  return new StompExpectationException(text, '');
}

function encoded(body: unknown): { octets: Buffer; contentType: string | undefined } {
  if (typeof body === 'string')
    return { octets: Buffer.from(body), contentType: body === '' ? undefined : 'text/plain' };
  if (body instanceof Uint8Array)
    return { octets: Buffer.from(body), contentType: 'application/octet-stream' };
  return { octets: Buffer.from(JSON.stringify(body)), contentType: 'application/json' };
}
