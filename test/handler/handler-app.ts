import type { INestApplicationContext, ModuleMetadata } from '@nestjs/common';
import { ExternalContextCreator, ModulesContainer } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import {
  CompositeMessageConverter,
  Message,
  SimpMessageType,
  SimpMessagingTemplate,
  StompCommand,
  StompHeaderAccessor,
  type HandlerOptions,
  type SendResult,
  type SessionContext,
  type StompPrincipal,
} from 'nestjs-stomp';
import { ClientOutboundChannel, PublishSubscribeChannel } from '../../lib/channel/index.js';
import { DestinationRouter } from '../../lib/destination/index.js';
import {
  SimpAnnotationMethodMessageHandler,
  StompExplorer,
  type StompExplorerOptions,
} from '../../lib/handler/index.js';

/** What a handler app is made of beside its providers and controllers. */
export interface HandlerAppOptions extends HandlerOptions {
  pathSeparator?: '/' | '.';
  prefixes?: string[];
  /** What destinations of the only broker begin with. */
  destinations?: string[];
  explorer?: Partial<StompExplorerOptions>;
  configure?: (app: INestApplicationContext & { useGlobalPipes?: any }) => void;
}

/** What a client would see of a message. */
export interface Reply {
  channel: 'broker' | 'outbound';
  destination: string | undefined;
  contentType: string | undefined;
  body: any;
  sessionId: string | undefined;
  subscriptionId: string | undefined;
  native: Record<string, string[]>;
  message: Message;
}

/** A session as the session room would make it. */
export function newSession(id = 's1', user?: StompPrincipal): SessionContext {
  return {
    id,
    attributes: new Map<string, unknown>(),
    user,
    handshake: {
      url: '/stomp',
      headers: { authorization: 'Bearer token' },
      query: new URLSearchParams(),
      remoteAddress: '127.0.0.1',
      secure: false,
      request: undefined as any,
    },
    endpoint: '/stomp',
    transport: 'websocket',
    isTextOnly: false,
    version: '1.2',
  };
}

/** Real handlers in a real Nest app between real channels; what they send is kept. */
export class HandlerApp {
  readonly inbound = new PublishSubscribeChannel('clientInboundChannel');
  readonly outbound = new ClientOutboundChannel();
  readonly broker = new PublishSubscribeChannel('brokerChannel');
  readonly replies: Reply[] = [];
  session = newSession();
  handler!: SimpAnnotationMethodMessageHandler;
  app!: INestApplicationContext;

  static async start(
    metadata: ModuleMetadata,
    options: HandlerAppOptions = {},
  ): Promise<HandlerApp> {
    const made = new HandlerApp();
    await made.init(metadata, options);
    return made;
  }

  private async init(metadata: ModuleMetadata, options: HandlerAppOptions): Promise<void> {
    const module = await Test.createTestingModule(metadata).compile();
    const app = module.createNestApplication({ logger: false });
    options.configure?.(app as any);
    await app.init();
    this.app = app;
    const separator = options.pathSeparator ?? '/';
    const converter = CompositeMessageConverter.of();
    const router = DestinationRouter.of({
      application: options.prefixes ?? ['/app'],
      user: '/user/',
      brokers: [options.destinations ?? ['/topic', '/queue']],
      separator,
    });
    const explorer = new StompExplorer({
      modulesContainer: app.get(ModulesContainer),
      externalContextCreator: app.get(ExternalContextCreator),
      ...options.explorer,
    });
    this.handler = new SimpAnnotationMethodMessageHandler(
      explorer,
      {
        router,
        pathSeparator: separator,
        template: new SimpMessagingTemplate({ channel: this.broker }),
        clientOutboundChannel: this.outbound,
        messageConverter: converter,
      },
      options,
    );
    await this.handler.start();
    this.inbound.subscribe(this.handler);
    this.keep(this.broker, 'broker');
    this.keep(this.outbound, 'outbound');
  }

  /** A SEND frame of the session; an object body is JSON. */
  send(
    destination: string,
    body?: unknown,
    headers: Record<string, string | string[]> = {},
  ): SendResult {
    return this.dispatch(StompCommand.SEND, destination, body, headers);
  }

  subscribe(destination: string, id = 'sub-0', headers: Record<string, string> = {}): SendResult {
    return this.dispatch(StompCommand.SUBSCRIBE, destination, undefined, { id, ...headers });
  }

  unsubscribe(destination: string, id = 'sub-0'): SendResult {
    return this.dispatch(StompCommand.UNSUBSCRIBE, destination, undefined, { id });
  }

  disconnect(): SendResult {
    return this.dispatch(StompCommand.DISCONNECT, undefined, undefined, {});
  }

  /** Sends, waits until all is done, and gives what was replied to it. */
  async exchange(destination: string, body?: unknown, headers = {}): Promise<Reply[]> {
    const before = this.replies.length;
    await done(this.send(destination, body, headers));
    return this.replies.slice(before);
  }

  /** The only reply's body. */
  async ask(destination: string, body?: unknown, headers = {}): Promise<any> {
    const replies = await this.exchange(destination, body, headers);
    if (replies.length !== 1) throw new Error(`${replies.length} replies to ${destination}`);
    return replies[0]!.body;
  }

  bodies(): any[] {
    return this.replies.map(({ body }) => body);
  }

  async close(): Promise<void> {
    this.handler?.stop();
    await this.app?.close();
  }

  private dispatch(
    command: StompCommand,
    destination: string | undefined,
    body: unknown,
    headers: Record<string, string | string[]>,
  ): SendResult {
    const accessor = StompHeaderAccessor.create(command);
    accessor.setDestination(destination);
    if (destination !== undefined) accessor.setNativeHeader('destination', destination);
    for (const [name, values] of Object.entries(headers))
      for (const value of [values].flat()) accessor.addNativeHeader(name, value);
    const native = accessor.getNativeHeaders();
    if (command !== StompCommand.SEND) accessor.setSubscriptionId(native.get('id'));
    const isObject = typeof body === 'object' && !Buffer.isBuffer(body);
    accessor.setContentType(
      native.get('content-type') ?? (isObject ? 'application/json' : undefined),
    );
    const fields = accessor.getMessageHeaders().fields;
    fields.session = this.session;
    fields.sessionId = this.session.id;
    return this.inbound.send(new Message(octets(body), accessor.getMessageHeaders()));
  }

  private keep(channel: PublishSubscribeChannel, name: Reply['channel']): void {
    channel.subscribe({
      handleMessage: (message) => {
        const { headers } = message;
        if (headers.messageType === SimpMessageType.MESSAGE || name === 'outbound')
          this.replies.push({
            channel: name,
            destination: headers.destination,
            contentType: headers.contentType,
            body: bodyOf(message as Message<Buffer>),
            sessionId: headers.sessionId,
            subscriptionId: headers.subscriptionId,
            native: { ...headers.native.toObject() },
            message,
          });
      },
    });
  }
}

/** Waits until a send is complete. */
export async function done(result: SendResult): Promise<void> {
  if (typeof result === 'object') await result.completed;
}

/** Lets everything that is ready run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

function octets(body: unknown): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

function bodyOf({ payload, headers: { contentType } }: Message<Buffer>): unknown {
  if (contentType === 'application/json') return JSON.parse(payload.toString());
  return contentType === 'application/octet-stream' ? payload : payload.toString();
}
