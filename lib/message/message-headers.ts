import type { StompCommand } from '../frame/index.js';
import { NativeHeaders, type ReadonlyNativeHeaders } from './native-headers.js';
import type { Secret } from './secret.js';
import type { SessionContext } from './session-context.js';
import type { SimpMessageType } from './simp-message-type.js';
import type { StompPrincipal } from './stomp-principal.js';

/** Where headers live: every message has all fields, so that all messages have one shape. */
export interface HeaderFields {
  messageType: SimpMessageType;
  command: StompCommand | undefined;
  destination: string | undefined;
  /** The user destination as the client knows it, shown to receivers instead of `destination`. */
  origDestination: string | undefined;
  /**
   * The session whose user destination `destination` is: a broker delivers such a message to subscriptions of that session
   * only, whatever patterns others subscribed to.
   */
  targetSessionId: string | undefined;
  /** The session a message comes from or goes to; messages of an application have none unless they name one. */
  session: SessionContext | undefined;
  /** Names a session without holding it; `session.id` when `session` is there. */
  sessionId: string | undefined;
  subscriptionId: string | undefined;
  /** Overrides `session.user` for this message. */
  user: StompPrincipal | undefined;
  contentType: string | undefined;
  passcode: Secret | undefined;
  /** Index of the broker that an ACK, NACK, BEGIN, COMMIT, ABORT, UNSUBSCRIBE of this session is meant for. */
  broker: number | undefined;
  /** Whether somebody waits for the effect: a client asked a receipt, or a template call is awaited. */
  confirm: boolean;
  native: NativeHeaders;
  extra: Map<string, unknown> | undefined;
  frozen: boolean;
}

export function newHeaderFields(
  messageType: SimpMessageType,
  native = new NativeHeaders(),
): HeaderFields {
  return {
    messageType,
    command: undefined,
    destination: undefined,
    origDestination: undefined,
    targetSessionId: undefined,
    session: undefined,
    sessionId: undefined,
    subscriptionId: undefined,
    user: undefined,
    contentType: undefined,
    passcode: undefined,
    broker: undefined,
    confirm: false,
    native,
    extra: undefined,
    frozen: false,
  };
}

/** Spring's names of the headers that are fields here. */
const FIELDS: Record<string, (headers: MessageHeaders) => unknown> = {
  simpMessageType: (headers) => headers.messageType,
  simpDestination: (headers) => headers.destination,
  simpOrigDestination: (headers) => headers.origDestination,
  simpSessionId: (headers) => headers.sessionId,
  simpSessionAttributes: (headers) => headers.sessionAttributes,
  simpSubscriptionId: (headers) => headers.subscriptionId,
  simpUser: (headers) => headers.user,
  stompCommand: (headers) => headers.command,
  stompCredentials: (headers) => headers.fields.passcode,
  contentType: (headers) => headers.contentType,
  nativeHeaders: (headers) => headers.native,
};

/** Whether a name is one of Spring's for a header that is a field here. */
export function isFieldName(name: string): boolean {
  return Object.hasOwn(FIELDS, name);
}

/**
 * The headers of a message: Spring's `simp…` headers, the STOMP headers of the frame (`native`), and any others set by
 * name. They can be changed through an accessor inside channel interceptors, and are immutable after them.
 *
 * @publicApi
 */
export class MessageHeaders {
  /** @internal Read and written by accessors and by the rooms that make messages. */
  constructor(readonly fields: HeaderFields) {}

  get messageType(): SimpMessageType {
    return this.fields.messageType;
  }

  get command(): StompCommand | undefined {
    return this.fields.command;
  }

  get destination(): string | undefined {
    return this.fields.destination;
  }

  get origDestination(): string | undefined {
    return this.fields.origDestination;
  }

  get session(): SessionContext | undefined {
    return this.fields.session;
  }

  get sessionId(): string | undefined {
    return this.fields.sessionId ?? this.fields.session?.id;
  }

  get sessionAttributes(): Map<string, unknown> | undefined {
    return this.fields.session?.attributes;
  }

  get subscriptionId(): string | undefined {
    return this.fields.subscriptionId;
  }

  get user(): StompPrincipal | undefined {
    return this.fields.user ?? this.fields.session?.user;
  }

  get contentType(): string | undefined {
    return this.fields.contentType;
  }

  /** The headers of the STOMP frame. */
  get native(): ReadonlyNativeHeaders {
    return this.fields.native;
  }

  /** A header by name: Spring's names for the ones above (`simpDestination`, …), or one set by `setHeader`. */
  get<T = unknown>(name: string): T | undefined {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    return (field ? field(this) : this.fields.extra?.get(name)) as T | undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Names of the headers that have a value. */
  keys(): string[] {
    return [...Object.keys(FIELDS), ...(this.fields.extra?.keys() ?? [])].filter((name) =>
      this.has(name),
    );
  }

  /** All headers by name; native ones under `nativeHeaders`, each with the list of its values. */
  toObject(): Record<string, unknown> {
    const entries = this.keys().map((name) => [name, this.get(name)] as const);
    return { ...Object.fromEntries(entries), nativeHeaders: this.native.toObject() };
  }

  /** @internal */
  freeze(): void {
    if (this.fields.frozen) return;
    this.fields.frozen = true;
    this.fields.native.freeze();
  }

  /** @internal A mutable copy; session and user stay the same live objects. */
  clone(): MessageHeaders {
    const { fields } = this;
    const copy = newHeaderFields(fields.messageType, fields.native.clone());
    // Not by a spread, which makes an object of another shape: all messages have one.
    copy.command = fields.command;
    copy.destination = fields.destination;
    copy.origDestination = fields.origDestination;
    copy.targetSessionId = fields.targetSessionId;
    copy.session = fields.session;
    copy.sessionId = fields.sessionId;
    copy.subscriptionId = fields.subscriptionId;
    copy.user = fields.user;
    copy.contentType = fields.contentType;
    copy.passcode = fields.passcode;
    copy.broker = fields.broker;
    copy.confirm = fields.confirm;
    copy.extra = fields.extra && new Map(fields.extra);
    return new MessageHeaders(copy);
  }

  toJSON(): unknown {
    return { ...this.toObject(), nativeHeaders: this.fields.native.toJSON() };
  }
}
