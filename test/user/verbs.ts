import { StompEvents } from '../../lib/channel/index.js';
import { StompCommand } from '../../lib/frame/index.js';
import {
  Message,
  MessageHeaders,
  newHeaderFields,
  SimpMessageType,
  type SessionContext,
  type StompPrincipal,
} from '../../lib/message/index.js';

/** A session as the session room makes one. */
export function session(id: string, user?: string | StompPrincipal): SessionContext {
  return {
    id,
    user: typeof user === 'string' ? { name: user } : user,
    attributes: new Map(),
    endpoint: '/stomp',
    transport: 'websocket',
    isTextOnly: false,
    version: '1.2',
    handshake: {
      url: '/stomp',
      headers: {},
      query: new URLSearchParams(),
      remoteAddress: '127.0.0.1',
      secure: false,
      request: undefined as never,
    },
  };
}

const COMMANDS: Partial<Record<SimpMessageType, StompCommand>> = {
  [SimpMessageType.CONNECT]: StompCommand.CONNECT,
  [SimpMessageType.MESSAGE]: StompCommand.SEND,
  [SimpMessageType.SUBSCRIBE]: StompCommand.SUBSCRIBE,
  [SimpMessageType.UNSUBSCRIBE]: StompCommand.UNSUBSCRIBE,
};

/** A message as it comes from a client. */
export function fromClient(
  type: SimpMessageType,
  from: SessionContext,
  destination?: string,
  body = '',
): Message<Buffer> {
  const fields = newHeaderFields(type);
  fields.command = COMMANDS[type];
  fields.session = from;
  fields.sessionId = from.id;
  fields.destination = destination;
  if (destination !== undefined) fields.native.add('destination', destination);
  if (type === SimpMessageType.SUBSCRIBE || type === SimpMessageType.UNSUBSCRIBE) {
    fields.subscriptionId = 'sub-0';
    fields.native.add('id', 'sub-0');
  }
  return new Message(Buffer.from(body), new MessageHeaders(fields));
}

/** Says what the session room says about its sessions. */
export class Sessions {
  readonly events = new StompEvents();

  connect(id: string, user?: string | StompPrincipal): SessionContext {
    const context = session(id, user);
    this.events.publish({ type: 'sessionConnected', session: context, user: context.user });
    return context;
  }

  subscribe(
    context: SessionContext,
    subscriptionId: string | undefined,
    destination: string,
  ): void {
    this.publish('sessionSubscribe', context, subscriptionId, destination);
  }

  unsubscribe(
    context: SessionContext,
    subscriptionId: string | undefined,
    destination: string,
  ): void {
    this.publish('sessionUnsubscribe', context, subscriptionId, destination);
  }

  disconnect(context: SessionContext): void {
    this.events.publish({
      type: 'sessionDisconnect',
      session: context,
      user: context.user,
      closeCode: 1000,
      closeReason: '',
      clean: true,
    });
  }

  private publish(
    type: 'sessionSubscribe' | 'sessionUnsubscribe',
    context: SessionContext,
    subscriptionId: string | undefined,
    destination: string,
  ): void {
    const message = fromClient(SimpMessageType.SUBSCRIBE, context, destination);
    this.events.publish({
      type,
      session: context,
      user: context.user,
      message,
      subscriptionId,
      destination,
    });
  }
}
