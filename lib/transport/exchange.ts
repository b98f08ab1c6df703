import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Handshake } from '../message/index.js';
import type { Endpoint, EndpointMatch } from './endpoint.js';
import {
  requestOrigin,
  type RequestOrigin,
  type TrustProxy,
} from './handshake/forwarded-headers.js';

/** The socket of a request that asked for an upgrade, with what was read behind the request. */
export interface UpgradeSocket {
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** A complete answer to a request. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request on an endpoint's paths, plain or an upgrade, and the means to answer it. */
export class Exchange {
  readonly endpoint: Endpoint;
  /** The endpoint's path, then what follows it: empty, or from a slash on. */
  readonly path: string;
  readonly subPath: string;
  readonly handshake: Handshake;
  private readonly origin: RequestOrigin;
  private readonly response: ServerResponse | undefined;
  private taken = false;

  constructor(
    readonly request: IncomingMessage,
    match: EndpointMatch,
    trustProxy: TrustProxy,
    reply: ServerResponse | UpgradeSocket,
    readonly upgrade: UpgradeSocket | undefined = reply instanceof ServerResponse
      ? undefined
      : reply,
  ) {
    this.endpoint = match.endpoint;
    this.path = match.path;
    this.subPath = match.subPath;
    this.response = 'head' in reply ? undefined : reply;
    this.origin = requestOrigin(request, trustProxy);
    this.handshake = newHandshake(request, this.origin);
  }

  /** Scheme, host and port by which the client called the server. */
  get ownOrigin(): URL | undefined {
    return this.origin.ownOrigin;
  }

  /** Whether nobody answered yet and the client is still there. */
  get isOpen(): boolean {
    return !this.taken && !this.request.socket.destroyed;
  }

  /** Takes the answer over: once, undefined when the request was answered or its client left. */
  take(): ServerResponse | undefined {
    if (!this.isOpen) return undefined;
    this.taken = true;
    return this.response ?? responseOnSocket(this.request, this.upgrade!.socket);
  }

  /** Takes the socket of an upgrade over: once, undefined when the request was answered or its client left. */
  takeSocket(): UpgradeSocket | undefined {
    if (!this.isOpen) return undefined;
    this.taken = true;
    return this.upgrade;
  }

  /** Answers, unless that was done or the client left. */
  answer({ status, headers = {}, body }: HttpAnswer): void {
    this.take()?.writeHead(status, headers).end(body);
  }
}

function newHandshake(
  request: IncomingMessage,
  { remoteAddress, secure }: RequestOrigin,
): Handshake {
  const url = request.url ?? '/';
  const queryAt = url.indexOf('?');
  const query = new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt));
  return { url, headers: request.headers, query, remoteAddress, secure, request };
}

/** A response on the bare socket that Node hands over with an upgrade; the socket ends with it. */
export function responseOnSocket(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as never);
  response.once('finish', () => socket.end(() => socket.destroy()));
  return response;
}
