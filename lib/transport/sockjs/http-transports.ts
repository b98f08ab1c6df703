import type { IncomingMessage } from 'node:http';
import type { ConnectionAcceptor } from '../connection.js';
import type { ConnectionEnvironment } from '../connection-environment.js';
import type { ConnectionRegistry } from '../connection-registry.js';
import type { Exchange, HttpAnswer } from '../exchange.js';
import type { Handshaker } from '../handshaker.js';
import { eventsource } from './eventsource.js';
import { foreignRefusal } from './foreign-refusal.js';
import { htmlfile } from './htmlfile.js';
import { HttpReceiver } from './http-receiver.js';
import { jsonpSend } from './jsonp-send.js';
import { jsonp } from './jsonp.js';
import type { ReceivingTransport } from './receiving-transport.js';
import { readBody } from './request-body.js';
import { cors, type Headers, NOT_CACHED, preflight, sessionCookie } from './response-headers.js';
import type { SendingTransport } from './sending-transport.js';
import { messagesIn } from './sock-js-frames.js';
import { SockJsHttpSession } from './sock-js-http-session.js';
import type { SockJsSettings } from './sock-js-options.js';
import { isOwner, SockJsSessions } from './sock-js-sessions.js';
import { OTHER_CONNECTION_OPEN_FRAME } from './sock-js-frames.js';
import { xhrSend } from './xhr-send.js';
import { xhrStreaming } from './xhr-streaming.js';
import { xhr } from './xhr.js';

const RECEIVING = new Map(
  [xhr, xhrStreaming, eventsource, htmlfile, jsonp].map((one) => [one.name, one]),
);
const SENDING = new Map([xhrSend, jsonpSend].map((one) => [one.name, one]));

/** The SockJS transports over HTTP: each request of a session either receives or sends. */
export class HttpTransports {
  private readonly sessions = new SockJsSessions();
  /** Requests whose body is on its way. */
  private readonly unread = new Set<IncomingMessage>();

  constructor(
    private readonly handshaker: Handshaker,
    private readonly environment: ConnectionEnvironment,
    private readonly registry: ConnectionRegistry,
    private readonly accept: ConnectionAcceptor,
  ) {}

  /** Answers a request of a session; undefined when there is no such transport. */
  handle(
    exchange: Exchange,
    settings: SockJsSettings,
    key: string,
    name: string,
  ): Promise<void> | undefined {
    const receiving = RECEIVING.get(name);
    if (receiving !== undefined) return this.receive(exchange, settings, key, receiving);
    const sending = SENDING.get(name);
    return sending && this.send(exchange, settings, key, sending);
  }

  /** Cuts the requests whose body has not come to its end. */
  cutUnread(): void {
    for (const request of this.unread) request.destroy();
  }

  private async receive(
    exchange: Exchange,
    settings: SockJsSettings,
    key: string,
    transport: ReceivingTransport,
  ): Promise<void> {
    const refusal =
      methodRefusal(exchange, settings, transport.method) ??
      foreignRefusal(exchange, transport.readableByAnySite) ??
      callbackRefusal(exchange, transport);
    if (refusal !== undefined) return exchange.answer(refusal);
    const session = this.sessions.find(key);
    if (session === undefined) return this.open(exchange, settings, key, transport);
    const isOwn =
      session.transport === transport.name &&
      (await isOwner(session, exchange.handshake, exchange.endpoint));
    if (!isOwn)
      return exchange.answer({ status: 404, headers: sessionHeaders(exchange, settings) });
    const receiver = this.receiver(exchange, settings, transport, {});
    if (receiver !== undefined) session.receive(receiver);
  }

  /** A request with an unknown session id opens a session. */
  private async open(
    exchange: Exchange,
    settings: SockJsSettings,
    key: string,
    transport: ReceivingTransport,
  ): Promise<void> {
    if (!this.sessions.reserve(key)) {
      this.receiver(exchange, settings, transport, {})?.send(OTHER_CONNECTION_OPEN_FRAME);
      return;
    }
    const accepted = await this.handshaker.run(exchange, () => undefined);
    const receiver = accepted && this.receiver(exchange, settings, transport, accepted.headers);
    if (receiver === undefined) {
      this.sessions.settle(key, undefined);
      accepted?.fail(new Error('The client left during the handshake'));
      return;
    }
    const session = new SockJsHttpSession(transport.name, this.environment, settings, accepted!, {
      onEnd: () => this.registry.onConnectionOver(session),
      onForget: () => this.sessions.forget(key),
    });
    this.registry.add(session, accepted!.place);
    this.sessions.settle(key, session);
    session.open(receiver, this.accept);
    accepted!.succeed();
  }

  private async send(
    exchange: Exchange,
    settings: SockJsSettings,
    key: string,
    transport: SendingTransport,
  ): Promise<void> {
    const refusal = methodRefusal(exchange, settings, 'POST') ?? foreignRefusal(exchange);
    if (refusal !== undefined) return exchange.answer(refusal);
    const { request } = exchange;
    this.unread.add(request);
    const body = await readBody(request, settings.maxBodyBytes);
    this.unread.delete(request);
    if ('failure' in body) {
      if (body.failure === 'too large') await this.endTooLarge(exchange, settings, key);
      return exchange.answer({ status: 413, headers: { Connection: 'close' } });
    }
    const answer = await this.deliver(exchange, key, transport, body.text);
    exchange.answer({
      ...answer,
      headers: { ...sessionHeaders(exchange, settings), ...answer.headers },
    });
  }

  /** What the client sent is lost, so its session is over: before it reads the answer to its request, where that can be. */
  private async endTooLarge(
    { endpoint, handshake }: Exchange,
    { maxBodyBytes }: SockJsSettings,
    key: string,
  ): Promise<void> {
    const session = this.sessions.find(key);
    if (session === undefined || !(await isOwner(session, handshake, endpoint))) return;
    session.close(1009, `A request may have ${maxBodyBytes} bytes`);
  }

  private async deliver(
    { request, endpoint, handshake }: Exchange,
    key: string,
    transport: SendingTransport,
    body: string,
  ): Promise<HttpAnswer> {
    const session = this.sessions.find(key);
    if (session === undefined || !(await isOwner(session, handshake, endpoint)))
      return { status: 404 };
    const mediaType = (request.headers['content-type'] ?? '')
      .split(';', 1)[0]!
      .trim()
      .toLowerCase();
    const json = transport.payload(body, mediaType);
    const messages = json ? messagesIn(json) : null;
    if (messages === undefined) return { status: 500, body: 'Broken JSON encoding.' };
    if (messages === null) return { status: 500, body: 'Payload expected.' };
    if (!(await session.send(messages))) return { status: 503 };
    return { ...transport.answer, headers: { 'Content-Type': 'text/plain; charset=UTF-8' } };
  }

  /** Begins the response that gives frames to the client; undefined when the client left. */
  private receiver(
    exchange: Exchange,
    settings: SockJsSettings,
    transport: ReceivingTransport,
    headers: Readonly<Headers>,
  ): HttpReceiver | undefined {
    const response = exchange.take();
    response?.writeHead(200, {
      'Content-Type': transport.contentType,
      ...(transport.maxCallbackLength === undefined ? {} : { 'X-Content-Type-Options': 'nosniff' }),
      ...sessionHeaders(exchange, settings),
      ...headers,
    });
    const callback = callbackOf(exchange) ?? '';
    const { streamBytesLimit } = settings;
    return (
      response &&
      new HttpReceiver(response, transport, callback, streamBytesLimit, this.environment.watch)
    );
  }
}

function sessionHeaders(exchange: Exchange, settings: SockJsSettings): Headers {
  return { ...NOT_CACHED, ...cors(exchange, settings), ...sessionCookie(exchange, settings) };
}

/** Answers a preflight request, and refuses methods that the transport does not have. */
function methodRefusal(
  exchange: Exchange,
  settings: SockJsSettings,
  method: 'GET' | 'POST',
): HttpAnswer | undefined {
  const { method: asked } = exchange.request;
  if (asked === method) return undefined;
  const allowed = method === 'POST' ? 'OPTIONS, POST' : 'GET';
  if (asked !== 'OPTIONS' || method === 'GET') return { status: 405, headers: { Allow: allowed } };
  const headers = {
    ...preflight(exchange, settings, allowed),
    ...sessionCookie(exchange, settings),
  };
  return foreignRefusal(exchange) ?? { status: 204, headers };
}

function callbackOf({ handshake }: Exchange): string | null {
  return handshake.query.get('c') ?? handshake.query.get('callback');
}

function callbackRefusal(
  exchange: Exchange,
  { maxCallbackLength }: ReceivingTransport,
): HttpAnswer | undefined {
  if (maxCallbackLength === undefined) return undefined;
  const callback = callbackOf(exchange);
  if (!callback) return { status: 500, body: '"callback" parameter required' };
  // SockJS 0.3.3, test_invalid_callback
  const valid = !/[^a-zA-Z0-9-_.]/.test(callback) && callback.length <= maxCallbackLength;
  return valid ? undefined : { status: 500, body: 'invalid "callback" parameter' };
}
