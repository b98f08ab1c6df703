import { isThenable, reportRejection } from '../exception/index.js';
import type { Message } from '../message/index.js';
import type { ChannelInterceptor } from './channel-interceptor.js';
import type { MessageChannel } from './message-channel.js';
import { passedMessage } from './passed-message.js';

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
      const passed = passedMessage('preSend', interceptor, result);
      if (passed === null) return null;
      this.last = passed;
    }
    return this.last;
  }

  postSend(sent: boolean): void {
    for (let i = 0; i < this.ran; i++)
      this.watch('postSend', this.interceptors[i]!.postSend?.(this.last, this.channel, sent));
  }

  afterCompletion(sent: boolean, error?: unknown): void {
    const { last, channel } = this;
    for (let i = this.ran - 1; i >= 0; i--) {
      try {
        const interceptor = this.interceptors[i]!;
        const result: unknown = interceptor.afterSendCompletion?.(last, channel, sent, error);
        this.watch('afterSendCompletion', result);
      } catch (thrown) {
        this.failed('afterSendCompletion', thrown);
      }
    }
  }

  private watch(hook: string, result: unknown): void {
    if (isThenable(result)) reportRejection(result, (error) => this.failed(hook, error));
  }

  private failed(hook: string, error: unknown): void {
    this.report(`${hook} of a channel interceptor failed`, error);
  }

  private resume(
    interceptor: ChannelInterceptor,
    message: Message | null,
  ): Message | null | Promise<Message | null> {
    const passed = passedMessage('preSend', interceptor, message);
    if (passed === null) return null;
    this.last = passed;
    return this.preSend();
  }
}
