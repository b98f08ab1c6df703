import { Logger } from '@nestjs/common';
import { MessageDeliveryException, type MessageChannel } from '../channel/index.js';
import { prefixOf } from '../destination/index.js';
import { errorText, StompException } from '../exception/index.js';
import {
  CompositeMessageConverter,
  destinationUserName,
  encodeUserName,
  type Message,
  type MessageConverter,
  type MessageHeaders,
  type StompPrincipal,
} from '../message/index.js';
import type { DestinationIn, PayloadFor, UserDestinationIn } from './destinations.js';
import { addressed, checkMessage, newMessage, noDestination, sendOptions } from './new-message.js';
import type { SendOptions } from './send-options.js';

/**
 * What a template is made of.
 *
 * @publicApi
 */
export interface SimpMessagingTemplateOptions {
  /** Where messages go; the `brokerChannel`. */
  readonly channel: MessageChannel;
  /** @default string, octets, JSON */
  readonly messageConverter?: MessageConverter;
  /** Prefix of user destinations. @default '/user/' */
  readonly userDestinationPrefix?: string;
  /** Where `convertAndSendToDefault` and `send(message)` go without another destination. */
  readonly defaultDestination?: string;
  /** Milliseconds after which the `…Async` methods give up waiting; -1 waits as long as it takes. @default -1 */
  readonly sendTimeout?: number;
}

/**
 * Sends messages to the brokers from anywhere in an application (Spring: SimpMessagingTemplate). The methods that return
 * nothing throw what is known at once: no converter, refused, broker away; what fails behind something asynchronous is
 * logged. Those named `…Async` settle when interceptors and brokers are done.
 *
 * `Destinations` maps destinations to payload types, for calls that are checked by the compiler:
 * `SimpMessagingTemplate<{ '/topic/price.{symbol}': Price; '/user/queue/errors': string }>`.
 *
 * @publicApi
 */
export class SimpMessagingTemplate<Destinations = any> {
  readonly userDestinationPrefix: string;
  readonly defaultDestination: string | undefined;
  readonly messageConverter: MessageConverter;
  private readonly logger = new Logger('SimpMessagingTemplate');
  private readonly converter: CompositeMessageConverter;

  constructor(private readonly options: SimpMessagingTemplateOptions) {
    this.userDestinationPrefix = prefixOf(options.userDestinationPrefix ?? '/user/');
    this.defaultDestination = options.defaultDestination;
    const converter = options.messageConverter ?? CompositeMessageConverter.of();
    this.messageConverter = converter;
    this.converter =
      converter instanceof CompositeMessageConverter
        ? converter
        : new CompositeMessageConverter([converter]);
  }

  /** Another template on the same channel that differs in these options. */
  with<D = Destinations>(
    options: Partial<Omit<SimpMessagingTemplateOptions, 'channel'>>,
  ): SimpMessagingTemplate<D> {
    return new SimpMessagingTemplate<D>({ ...this.options, ...options });
  }

  /**
   * Sends a message to its own or to the default destination, or to the one given. A payload that is not octets is
   * converted.
   *
   * @throws StompException (`STOMP_ERR_NO_MESSAGE`) for what is no message, (`STOMP_ERR_NO_DESTINATION`) without a destination
   */
  send(message: Message): void;
  send(destination: string, message: Message): void;
  send(first: string | Message, second?: Message): void {
    this.dispatch(this.prepared(first, second));
  }

  sendAsync(message: Message): Promise<void>;
  sendAsync(destination: string, message: Message): Promise<void>;
  async sendAsync(first: string | Message, second?: Message): Promise<void> {
    await this.dispatchAsync(this.prepared(first, second));
  }

  /**
   * Sends a payload to a destination. Where options are taken, the headers of an accessor may stand too: their STOMP headers,
   * content-type and session id are the new message's.
   *
   * @throws StompException (`STOMP_ERR_OPTION`) for options that there are not, as a map of headers without `{ headers }`
   */
  convertAndSend<D extends DestinationIn<Destinations>>(
    destination: D,
    payload: PayloadFor<Destinations, D>,
    options?: SendOptions | MessageHeaders,
  ): void {
    this.dispatch(this.made(destination, payload, options));
  }

  async convertAndSendAsync<D extends DestinationIn<Destinations>>(
    destination: D,
    payload: PayloadFor<Destinations, D>,
    options?: SendOptions | MessageHeaders,
  ): Promise<void> {
    await this.dispatchAsync(this.made(destination, payload, options));
  }

  /** Sends a payload to the default destination (Spring: `convertAndSend(payload)`). */
  convertAndSendToDefault(payload: unknown, options?: SendOptions | MessageHeaders): void {
    this.dispatch(this.made(this.requiredDefault(), payload, options));
  }

  async convertAndSendToDefaultAsync(
    payload: unknown,
    options?: SendOptions | MessageHeaders,
  ): Promise<void> {
    await this.dispatchAsync(this.made(this.requiredDefault(), payload, options));
  }

  /**
   * Sends a payload to all sessions of a user, or with `options.sessionId` to that one: what the clients subscribed to
   * as `/user` + destination. To reach one anonymous session give its id as user and as `sessionId`. Nothing happens
   * when the user has no session, or not that one.
   *
   * @throws StompException (`STOMP_ERR_USER_NAME`) for a user name that is no text, empty, or holds `%2F`
   */
  convertAndSendToUser<D extends UserDestinationIn<Destinations>>(
    user: string | StompPrincipal,
    destination: D,
    payload: PayloadFor<Destinations, `/user${D}`>,
    options?: SendOptions | MessageHeaders,
  ): void {
    this.dispatch(this.made(this.userDestination(user, destination), payload, options));
  }

  async convertAndSendToUserAsync<D extends UserDestinationIn<Destinations>>(
    user: string | StompPrincipal,
    destination: D,
    payload: PayloadFor<Destinations, `/user${D}`>,
    options?: SendOptions | MessageHeaders,
  ): Promise<void> {
    await this.dispatchAsync(this.made(this.userDestination(user, destination), payload, options));
  }

  /** @internal What the package sends itself, to a user where one is given: its options are not looked at. */
  reply(destination: string, payload: unknown, options: SendOptions, user?: string): void {
    const to = user === undefined ? destination : this.userDestination(user, destination);
    this.dispatch(newMessage(this.converter, to, payload, options));
  }

  private made(
    destination: string,
    payload: unknown,
    options: SendOptions | MessageHeaders | undefined,
  ): Message {
    return newMessage(this.converter, destination, payload, sendOptions(options));
  }

  private userDestination(user: string | StompPrincipal, destination: string): string {
    const name = encodeUserName(
      typeof user === 'object' && user !== null ? destinationUserName(user) : user,
    );
    if (!destination) throw noDestination(destination);
    const slash = destination.startsWith('/') ? '' : '/';
    return this.userDestinationPrefix + name + slash + destination;
  }

  private prepared(first: string | Message, second: Message | undefined): Message {
    const isAlone = second === undefined && typeof first !== 'string';
    const message = isAlone ? first : second;
    checkMessage(message);
    const destination = isAlone
      ? (message.headers.destination ?? this.requiredDefault())
      : (first as string);
    return addressed(destination, message, this.converter);
  }

  private requiredDefault(): string {
    if (this.defaultDestination !== undefined) return this.defaultDestination;
    throw new StompException("No 'defaultDestination' configured", {
      code: 'STOMP_ERR_NO_DEFAULT_DESTINATION',
    });
  }

  private dispatch(message: Message): void {
    try {
      const sent = this.options.channel.send(message);
      if (sent === true) return;
      if (sent === false) throw this.dropped(message);
      sent.completed.then(
        (done) => done || this.logger.error(this.dropped(message).message),
        (error: unknown) => this.logger.error(this.failure(message, error).message),
      );
    } catch (error) {
      throw this.failure(message, error);
    }
  }

  private async dispatchAsync(message: Message): Promise<void> {
    try {
      message.headers.fields.confirm = true;
      const sent = this.options.channel.send(message);
      const done = typeof sent === 'boolean' ? sent : await this.inTime(message, sent.completed);
      if (!done) throw this.dropped(message);
    } catch (error) {
      throw this.failure(message, error);
    }
  }

  private inTime(message: Message, completed: Promise<boolean>): Promise<boolean> {
    const timeout = this.options.sendTimeout ?? -1;
    if (timeout < 0) return completed;
    let timer: NodeJS.Timeout;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.late(message, timeout)), timeout);
    });
    return Promise.race([completed, late]).finally(() => clearTimeout(timer));
  }

  private late(message: Message, timeout: number): MessageDeliveryException {
    return new MessageDeliveryException(
      `Failed to send message to destination '${message.headers.destination}' within timeout: ${timeout}`,
      { retryable: true },
    );
  }

  private dropped(message: Message): MessageDeliveryException {
    return new MessageDeliveryException(
      `Failed to send message to destination '${message.headers.destination}': an interceptor of ${this.options.channel.name} dropped it`,
    );
  }

  private failure(message: Message, error: unknown): Error {
    if (error instanceof StompException) return error;
    const reason = errorText(error);
    return new MessageDeliveryException(
      `Failed to send message to destination '${message.headers.destination}': ${reason}`,
      { cause: error },
    );
  }
}
