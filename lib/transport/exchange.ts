import { type IncomingHttpHeaders, type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Handshake } from '../message/index.js';
import type { Endpoint, EndpointMatch } from './endpoint.js';
import { RequestOrigin, type TrustProxy } from './handshake/forwarded-headers.js';

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
  readonly upgrade: UpgradeSocket | undefined;
  private readonly origin: RequestOrigin;
  private readonly response: ServerResponse | undefined;
  private taken = false;

  constructor(
    readonly request: IncomingMessage,
    match: EndpointMatch,
    trustProxy: TrustProxy,
    reply: ServerResponse | UpgradeSocket,
  ) {
    this.endpoint = match.endpoint;
    this.path = match.path;
    this.subPath = match.subPath;
    const isUpgrade = 'head' in reply;
    this.upgrade = isUpgrade ? reply : undefined;
    this.response = isUpgrade ? undefined : reply;
    this.origin = new RequestOrigin(request, trustProxy);
    this.handshake = new RequestHandshake(request, this.origin);
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

/** A handshake that takes its query apart when somebody asks for it. */
class RequestHandshake implements Handshake {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string;
  readonly secure: boolean;
  private parsedQuery: URLSearchParams | undefined;

  constructor(
    readonly request: IncomingMessage,
    { remoteAddress, secure }: RequestOrigin,
  ) {
    this.url = request.url ?? '/';
    this.headers = request.headers;
    this.remoteAddress = remoteAddress;
    this.secure = secure;
  }

  get query(): URLSearchParams {
    const queryAt = this.url.indexOf('?');
    return (this.parsedQuery ??= new URLSearchParams(queryAt < 0 ? '' : this.url.slice(queryAt)));
  }
}

/** A response on the bare socket that Node hands over with an upgrade; the socket ends with it. */
export function responseOnSocket(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as never);
  response.once('finish', () => socket.end(() => socket.destroy()));
  return response;
}
