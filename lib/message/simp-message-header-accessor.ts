import { StompException } from '../exception/index.js';
import {
  isFieldName,
  MessageHeaders,
  newHeaderFields,
  type HeaderFields,
} from './message-headers.js';
import type { Message } from './message.js';
import type { ReadonlyNativeHeaders } from './native-headers.js';
import type { SessionContext } from './session-context.js';
import { SimpMessageType } from './simp-message-type.js';
import type { StompPrincipal } from './stomp-principal.js';

type AccessorClass<A> = new (headers: MessageHeaders) => A;

/** Headers that accessors write under Spring's names. */
const SETTERS: Record<string, (accessor: SimpMessageHeaderAccessor, value: any) => void> = {
  simpDestination: (accessor, value) => accessor.setDestination(value),
  simpSessionId: (accessor, value) => accessor.setSessionId(value),
  simpSubscriptionId: (accessor, value) => accessor.setSubscriptionId(value),
  simpUser: (accessor, value) => accessor.setUser(value),
  contentType: (accessor, value) => accessor.setContentType(value),
};

/**
 * Reads, and inside channel interceptors changes, the headers of a message (Spring: SimpMessageHeaderAccessor). Every
 * setter throws `StompException` (`STOMP_ERR_HEADERS_IMMUTABLE`) once the headers are immutable.
 *
 * @publicApi
 */
export class SimpMessageHeaderAccessor {
  protected readonly fields: HeaderFields;

  constructor(private readonly headers: MessageHeaders) {
    this.fields = headers.fields;
  }

  /** Headers for a new message. @param messageType @default SimpMessageType.MESSAGE */
  static create(messageType: SimpMessageType = SimpMessageType.MESSAGE): SimpMessageHeaderAccessor {
    return new SimpMessageHeaderAccessor(new MessageHeaders(newHeaderFields(messageType)));
  }

  /** The live accessor behind a message's headers: in an interceptor its setters change the message. */
  static getAccessor<A extends SimpMessageHeaderAccessor>(
    this: AccessorClass<A>,
    message: Message,
  ): A {
    return new this(message.headers);
  }

  /** An accessor over a mutable copy of a message's headers. */
  static wrap<A extends SimpMessageHeaderAccessor>(this: AccessorClass<A>, message: Message): A {
    return new this(message.headers.clone());
  }

  /** The headers themselves, to build a message with; not a copy. */
  getMessageHeaders(): MessageHeaders {
    return this.headers;
  }

  isMutable(): boolean {
    return !this.fields.frozen;
  }

  setImmutable(): void {
    this.headers.freeze();
  }

  getMessageType(): SimpMessageType {
    return this.fields.messageType;
  }

  getDestination(): string | undefined {
    return this.fields.destination;
  }

  setDestination(destination: string | undefined): void {
    this.mutable().destination = destination;
  }

  getSessionId(): string | undefined {
    return this.headers.sessionId;
  }

  setSessionId(sessionId: string | undefined): void {
    this.mutable().sessionId = sessionId;
  }

  getSession(): SessionContext | undefined {
    return this.fields.session;
  }

  /** The session's attributes, live; undefined for a message of no session. */
  getSessionAttributes(): Map<string, unknown> | undefined {
    return this.headers.sessionAttributes;
  }

  getSubscriptionId(): string | undefined {
    return this.fields.subscriptionId;
  }

  setSubscriptionId(subscriptionId: string | undefined): void {
    this.mutable().subscriptionId = subscriptionId;
  }

  getUser(): StompPrincipal | undefined {
    return this.headers.user;
  }

  /** On CONNECT: the user of the whole session from now on. On other messages: of this message only. */
  setUser(user: StompPrincipal | undefined): void {
    const fields = this.mutable();
    if (fields.messageType === SimpMessageType.CONNECT && fields.session)
      fields.session.user = user;
    else fields.user = user;
  }

  getContentType(): string | undefined {
    return this.fields.contentType;
  }

  setContentType(contentType: string | undefined): void {
    this.mutable().contentType = contentType;
  }

  getHeader<T = unknown>(name: string): T | undefined {
    return this.headers.get<T>(name);
  }

  /**
   * Sets a header by name; `simpDestination`, `simpSessionId`, `simpSubscriptionId`, `simpUser` and `contentType` do what the
   * setters of these names do.
   *
   * @throws StompException (`STOMP_ERR_HEADERS_IMMUTABLE`) for other names of Spring's, which stand for what the server says
   */
  setHeader(name: string, value: unknown): void {
    const setter = setterOf(name);
    if (setter) return setter(this, value);
    const fields = this.mutable();
    (fields.extra ??= new Map()).set(name, value);
  }

  /** @throws StompException as `setHeader` */
  removeHeader(name: string): void {
    const setter = setterOf(name);
    if (setter) return setter(this, undefined);
    this.mutable().extra?.delete(name);
  }

  /** The STOMP headers, readable. */
  getNativeHeaders(): ReadonlyNativeHeaders {
    return this.fields.native;
  }

  getNativeHeader(name: string): string[] {
    return this.fields.native.getAll(name);
  }

  getFirstNativeHeader(name: string): string | undefined {
    return this.fields.native.get(name);
  }

  setNativeHeader(name: string, value: string): void {
    this.mutable().native.set(name, value);
  }

  addNativeHeader(name: string, value: string): void {
    this.mutable().native.add(name, value);
  }

  removeNativeHeader(name: string): void {
    this.mutable().native.delete(name);
  }

  protected mutable(): HeaderFields {
    if (!this.fields.frozen) return this.fields;
    throw new StompException(
      'Already immutable: headers can be changed in channel interceptors only; use wrap(message) and build a new message instead',
      { code: 'STOMP_ERR_HEADERS_IMMUTABLE' },
    );
  }
}

function setterOf(name: string): (typeof SETTERS)[string] | undefined {
  if (Object.hasOwn(SETTERS, name)) return SETTERS[name];
  if (!isFieldName(name)) return undefined;
  throw new StompException(
    `The header ${name} cannot be set: ${Object.keys(SETTERS).join(', ')} and names of your own can; ` +
      'a STOMP header is set by setNativeHeader, a session attribute in the map of getSessionAttributes()',
    { code: 'STOMP_ERR_HEADERS_IMMUTABLE' },
  );
}
