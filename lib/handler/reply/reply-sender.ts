import type { MessageChannel } from '../../channel/index.js';
import { StompException } from '../../exception/index.js';
import { StompCommand } from '../../frame/index.js';
import {
  CHOSEN_DESTINATION,
  destinationUserName,
  Message,
  MessageHeaders,
  newHeaderFields,
  SENT_BY_SESSION,
  SimpMessageType,
  type CompositeMessageConverter,
} from '../../message/index.js';
import type {
  HeaderValue,
  MessagePostProcessor,
  SendOptions,
  SimpMessagingTemplate,
} from '../../template/index.js';
import type { Invocation } from '../invocation.js';
import { isDoubtful, type DestinationTemplate } from './destination-template.js';
import type { ReplyPlan } from './reply-plan.js';
import type { HandlerMethodReturnValueHandler } from './return-value-handler.js';
import type { SessionDestinationFinder } from './session-destination-finder.js';

/** What replies are sent with. */
export interface ReplyRooms {
  readonly template: SimpMessagingTemplate;
  readonly clientOutboundChannel: MessageChannel;
  readonly messageConverter: CompositeMessageConverter;
  readonly sessionDestinations?: SessionDestinationFinder;
}

/** How replies are sent; the options of the handlers. */
export interface ReplyOptions {
  readonly returnValueHandlers?: readonly HandlerMethodReturnValueHandler[];
  readonly replyHeaders?: readonly string[];
  readonly directReplyPostProcessors?: readonly MessagePostProcessor[];
}

type ReplyHeaders = Record<string, readonly HeaderValue[]>;

/** Headers that are about one frame, never about what a `Message` that a handler returns says. */
const OF_FRAME = new Set([
  'destination',
  'content-length',
  'content-type',
  'receipt',
  'transaction',
  'id',
  'ack',
  'subscription',
  'message-id',
  'redelivered',
  'selector',
  'login',
  'passcode',
]);

/** Sends one value that a handler returned or emitted. */
export class ReplySender {
  constructor(
    private readonly rooms: ReplyRooms,
    private readonly options: ReplyOptions,
  ) {}

  /** A promise when something asynchronous sends it. Undefined and null send nothing. */
  send(value: unknown, plan: ReplyPlan, invocation: Invocation): unknown {
    if (value === undefined || value === null) return undefined;
    if (plan.direct) return invocation.isOver ? undefined : this.sendDirect(value, invocation);
    const custom = plan.declared ? undefined : this.customHandler(value, invocation);
    if (custom) return custom.handleReturnValue(value, invocation.handler, invocation.message);
    if (plan.user) this.sendToUser(value, plan.user, invocation);
    if (plan.topics) this.sendToTopics(value, plan.topics, invocation);
    return undefined;
  }

  private customHandler(
    value: unknown,
    { handler }: Invocation,
  ): HandlerMethodReturnValueHandler | undefined {
    return this.options.returnValueHandlers?.find((one) => one.supportsReturnValue(value, handler));
  }

  private sendToUser(
    value: unknown,
    { destinations, broadcast }: NonNullable<ReplyPlan['user']>,
    invocation: Invocation,
  ): void {
    const { sessionId, session, user } = invocation.message.headers;
    // Spring: an anonymous sender is addressed by the id of its session
    const name = user ? destinationUserName(user) : sessionId;
    if (name === undefined)
      throw new StompException('@SendToUser: the message has neither a user nor a session', {
        code: 'STOMP_ERR_NO_USER',
        closeCode: 1011,
      });
    const options = this.sendOptions(value, invocation, broadcast && user ? undefined : sessionId);
    const targets = this.targets(destinations, '/queue', invocation);
    for (let i = 0; i < targets.length; i++) {
      const own = optionsFor(destinations[i], invocation, options);
      const known =
        session && isPlain(own)
          ? this.rooms.sessionDestinations?.find(session, name, targets[i]!)
          : undefined;
      if (known) this.rooms.template.reply(known.destination, value, known.options);
      else this.rooms.template.reply(targets[i]!, payloadOf(value), own, name);
    }
  }

  private sendToTopics(
    value: unknown,
    destinations: readonly DestinationTemplate[],
    invocation: Invocation,
  ): void {
    const options = this.sendOptions(value, invocation, invocation.message.headers.sessionId);
    const targets = this.targets(destinations, '/topic', invocation);
    const { template } = this.rooms;
    for (let i = 0; i < targets.length; i++) {
      const own = optionsFor(destinations[i], invocation, options);
      const toUser = targets[i]!.startsWith(template.userDestinationPrefix);
      template.reply(targets[i]!, payloadOf(value), toUser ? sentBySession(own) : own);
    }
  }

  private targets(
    destinations: readonly DestinationTemplate[],
    defaultPrefix: string,
    { route: { lookup, variables } }: Invocation,
  ): string[] {
    if (destinations.length > 0) return destinations.map((one) => one.fill(variables));
    return [lookup.startsWith('/') ? defaultPrefix + lookup : `${defaultPrefix}/${lookup}`];
  }

  /** Past the broker, to the subscription that asked; nothing is stored. */
  private sendDirect(value: unknown, invocation: Invocation): unknown {
    const request = invocation.message.headers.fields;
    const fields = newHeaderFields(SimpMessageType.MESSAGE);
    fields.command = StompCommand.MESSAGE;
    fields.session = request.session;
    fields.sessionId = request.session?.id ?? request.sessionId;
    fields.subscriptionId = request.subscriptionId;
    fields.destination = request.destination;
    const { headers, contentType } = this.sendOptions(value, invocation, undefined);
    fields.contentType = contentType;
    for (const [name, values] of Object.entries((headers ?? {}) as ReplyHeaders))
      for (const one of values) fields.native.add(name, String(one));
    const reply = new MessageHeaders(fields);
    const converted = this.rooms.messageConverter.convertTo(payloadOf(value), reply);
    fields.contentType = converted.contentType;
    let message = Message.ofConverted(converted, reply);
    for (const process of this.options.directReplyPostProcessors ?? [])
      message = process(message) ?? message;
    const sent = this.rooms.clientOutboundChannel.send(message);
    return typeof sent === 'boolean' ? undefined : sent.completed;
  }

  private sendOptions(
    value: unknown,
    { message }: Invocation,
    sessionId: string | undefined,
  ): SendOptions {
    if (!(value instanceof Message) && !this.options.replyHeaders?.length) return { sessionId };
    const headers: ReplyHeaders = {};
    for (const name of this.options.replyHeaders ?? []) {
      if (OF_FRAME.has(name)) continue;
      const values = message.headers.native.getAll(name);
      if (values.length > 0) headers[name] = values;
    }
    if (!(value instanceof Message)) return { headers, sessionId };
    for (const [name, values] of Object.entries(value.headers.native.toObject()))
      if (!OF_FRAME.has(name)) headers[name] = values;
    return { headers, sessionId, contentType: value.headers.contentType };
  }
}

/** @param template undefined for the default destination, which is as the client wrote it */
function optionsFor(
  template: DestinationTemplate | undefined,
  { route: { lookup, variables } }: Invocation,
  options: SendOptions,
): SendOptions {
  const doubtful = template ? template.isDoubtfulWith(variables) : isDoubtful(lookup);
  return doubtful ? { ...options, postProcessor: markChosen } : options;
}

/** Whether there is nothing but the session in it. */
function isPlain({ sessionId, headers, contentType, postProcessor }: SendOptions): boolean {
  return sessionId !== undefined && !headers && contentType === undefined && !postProcessor;
}

/** Whoever sent the message, all sessions of the user get the reply. */
function sentBySession(options: SendOptions): SendOptions {
  const { postProcessor } = options;
  return {
    ...options,
    postProcessor: (message) => {
      mark(message, SENT_BY_SESSION);
      return postProcessor?.(message);
    },
  };
}

function markChosen(message: Message): void {
  mark(message, CHOSEN_DESTINATION);
}

function mark({ headers: { fields } }: Message, name: string): void {
  (fields.extra ??= new Map<string, unknown>()).set(name, true);
}

function payloadOf(value: unknown): unknown {
  return value instanceof Message ? value.payload : value;
}
