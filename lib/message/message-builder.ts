import { Message } from './message.js';
import { MessageHeaders } from './message-headers.js';
import { SimpMessageHeaderAccessor } from './simp-message-header-accessor.js';

/**
 * Builds messages.
 *
 * @publicApi
 */
export class MessageBuilder<T> {
  private constructor(
    private readonly payload: T,
    private readonly accessor: SimpMessageHeaderAccessor,
  ) {}

  static withPayload<T>(payload: T): MessageBuilder<T> {
    return new MessageBuilder(payload, SimpMessageHeaderAccessor.create());
  }

  /** Starts from a message's payload and a copy of its headers. */
  static fromMessage<T>(message: Message<T>): MessageBuilder<T> {
    return new MessageBuilder(message.payload, SimpMessageHeaderAccessor.wrap(message));
  }

  /** A message over these headers themselves, not a copy. */
  static createMessage<T>(
    payload: T,
    headers: MessageHeaders | SimpMessageHeaderAccessor,
  ): Message<T> {
    return new Message(
      payload,
      headers instanceof MessageHeaders ? headers : headers.getMessageHeaders(),
    );
  }

  setHeader(name: string, value: unknown): this {
    this.accessor.setHeader(name, value);
    return this;
  }

  setNativeHeader(name: string, value: string): this {
    this.accessor.setNativeHeader(name, value);
    return this;
  }

  /** A message of its own each time; what is set later does not change it. */
  build(): Message<T> {
    return new Message(this.payload, this.accessor.getMessageHeaders().clone());
  }
}
