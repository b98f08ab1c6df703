import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { WebSocket } from 'ws';
import {
  type Connection,
  type ConnectionListener,
  EndpointServer,
  type EndpointServerOptions,
  FrameBatch,
  Turn,
} from '../../../lib/transport/index.js';

Logger.overrideLogger(false);

/** What a connection told its listener. */
export class RecordedSession implements ConnectionListener {
  readonly received: string[] = [];
  readonly slow: { policy: string; bufferedBytes: number }[] = [];
  ended: { code: number; reason: string } | undefined;

  constructor(
    readonly connection: Connection,
    private readonly echo: boolean,
  ) {}

  onData(octets: Buffer): void {
    this.received.push(octets.toString());
    if (this.echo) this.connection.write(frames(octets.toString()));
  }

  onClose(code: number, reason: string): void {
    if (this.ended !== undefined) throw new Error('closed twice');
    this.ended = { code, reason };
  }

  onSlow(policy: string, bufferedBytes: number): void {
    this.slow.push({ policy, bufferedBytes });
  }
}

export type HarnessOptions = Partial<Omit<EndpointServerOptions, 'accept'>> & {
  echo?: boolean;
  accept?: EndpointServerOptions['accept'];
  server?: Server;
};

/** A real HTTP server with endpoints, and the sessions that came. */
export class EndpointServerHarness {
  readonly sessions: RecordedSession[] = [];
  readonly turn: Turn;
  readonly endpoints: EndpointServer;
  readonly server: Server;
  private readonly clients: WebSocket[] = [];

  constructor({ echo = false, server = createServer(), ...options }: HarnessOptions = {}) {
    this.turn = options.turn ?? new Turn();
    this.server = server;
    this.endpoints = new EndpointServer({
      endpoints: [{ path: '/stomp' }],
      accept: (connection) => {
        const session = new RecordedSession(connection, echo);
        this.sessions.push(session);
        return session;
      },
      ...options,
      turn: this.turn,
    });
  }

  static async start(options: HarnessOptions = {}): Promise<EndpointServerHarness> {
    const harness = new EndpointServerHarness(options);
    harness.endpoints.attach(harness.server);
    await new Promise<void>((resolve) => harness.server.listen(0, '127.0.0.1', resolve));
    return harness;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get session(): RecordedSession {
    return this.sessions.at(-1)!;
  }

  client(path = '/stomp', options: ConnectOptions = {}): WebSocket {
    const { protocols = [], scheme = 'ws', ...rest } = options;
    const url = `${scheme}://127.0.0.1:${this.port}${path}`;
    const client = new WebSocket(url, protocols, { perMessageDeflate: false, ...rest });
    client.on('error', () => undefined);
    this.clients.push(client);
    return client;
  }

  /** A client that is open; its session is `session` then. */
  async connect(path = '/stomp', options: ConnectOptions = {}): Promise<WebSocket> {
    const client = this.client(path, options);
    await new Promise<void>((resolve, reject) => {
      client.once('open', resolve);
      client.once('error', reject);
    });
    return client;
  }

  /** How a handshake was refused. */
  refusal(path = '/stomp', options: ConnectOptions = {}): Promise<HttpReply> {
    const client = this.client(path, options);
    return new Promise((resolve, reject) => {
      client.once('unexpected-response', (_, response) => void readReply(response).then(resolve));
      client.once('open', () => reject(new Error('was accepted')));
      client.once('error', reject);
    });
  }

  async http(method: string, path: string, options: HttpOptions = {}): Promise<HttpReply> {
    return httpRequest(this.port, method, path, options);
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.terminate();
    await this.endpoints.close({ deadlineMs: 200 });
    this.endpoints.detach();
    if (!this.server.listening) return;
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }
}

export interface ConnectOptions {
  protocols?: string[];
  headers?: Record<string, string>;
  scheme?: 'ws' | 'wss';
  [option: string]: unknown;
}

export interface HttpOptions {
  headers?: Record<string, string>;
  body?: string;
}

export interface HttpReply {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export function httpRequest(
  port: number,
  method: string,
  path: string,
  { headers, body }: HttpOptions = {},
): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
    sent.on('response', (response) => void readReply(response).then(resolve));
    sent.on('upgrade', () => reject(new Error('was upgraded')));
    sent.on('error', reject);
    sent.end(body);
  });
}

async function readReply(
  response: NodeJS.ReadableStream & { statusCode?: number },
): Promise<HttpReply> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const { headers } = response as unknown as { headers: IncomingHttpHeaders };
  return { status: response.statusCode!, headers, body: Buffer.concat(chunks).toString() };
}

/** One batch of text frames. */
export function frames(...texts: string[]): FrameBatch {
  return batch(texts, false);
}

/** One batch of text frames that may be left out. */
export function droppableFrames(...texts: string[]): FrameBatch {
  return batch(texts, true);
}

function batch(texts: string[], droppable: boolean): FrameBatch {
  const list = texts.map((text) => ({ octets: Buffer.from(text), binary: false }));
  return new FrameBatch(list, droppable);
}

/** Resolves with how a client saw its connection close. */
export function closeOf(client: WebSocket): Promise<{ code: number; reason: string }> {
  return new Promise((resolve) => {
    client.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
}

/** The texts that a client receives, from now on. */
export function inbox(client: WebSocket): string[] {
  const texts: string[] = [];
  client.on('message', (data: Buffer) => texts.push(data.toString()));
  return texts;
}
