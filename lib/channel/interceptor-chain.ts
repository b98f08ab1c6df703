import { StompException } from '../exception/index.js';
import type { Message } from '../message/index.js';
import type { ChannelInterceptor } from './channel-interceptor.js';
import { isThenable } from './message-handler.js';
import type { MessageChannel } from './message-channel.js';

export type ReportError = (text: string, error: unknown) => void;

/** Runs one message through the interceptors of a channel; made anew for each message. */
export class InterceptorChain {
  private ran = 0;
  private last: Message;

  constructor(
    private readonly interceptors: readonly ChannelInterceptor[],
    private readonly channel: MessageChannel,
    message: Message,
    private readonly report: ReportError,
  ) {
    this.last = message;
  }

  /** Applies every preSend in order; null when one dropped the message. Synchronous as long as they all are. */
  preSend(): Message | null | Promise<Message | null> {
    while (this.ran < this.interceptors.length) {
      const interceptor = this.interceptors[this.ran++]!;
      if (!interceptor.preSend) continue;
      const result = interceptor.preSend(this.last, this.channel);
      if (isThenable(result))
        return Promise.resolve(result).then((message) => this.resume(interceptor, message));
      if (result === null) return null;
      this.last = checked(interceptor, result);
    }
    return this.last;
  }

  postSend(sent: boolean): void {
    for (let i = 0; i < this.ran; i++)
      this.interceptors[i]!.postSend?.(this.last, this.channel, sent);
  }

  afterCompletion(sent: boolean, error?: unknown): void {
    for (let i = this.ran - 1; i >= 0; i--) {
      try {
        this.interceptors[i]!.afterSendCompletion?.(this.last, this.channel, sent, error);
      } catch (thrown) {
        this.report('afterSendCompletion of a channel interceptor failed', thrown);
      }
    }
  }

  private resume(
    interceptor: ChannelInterceptor,
    message: Message | null,
  ): Message | null | Promise<Message | null> {
    if (message === null) return null;
    this.last = checked(interceptor, message);
    return this.preSend();
  }
}

function checked(interceptor: ChannelInterceptor, message: Message | undefined): Message {
  if (message !== undefined) return message;
  throw new StompException(
    `preSend of ${interceptor.constructor.name} must return the message, or null to drop it`,
    { code: 'STOMP_ERR_INTERCEPTOR', closeCode: 1011 },
  );
}
