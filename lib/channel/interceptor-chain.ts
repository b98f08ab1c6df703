import { isThenable, reportRejection } from '../exception/index.js';
import type { Message } from '../message/index.js';
import type { ChannelInterceptor } from './channel-interceptor.js';
import type { MessageChannel } from './message-channel.js';
import { passedMessage } from './passed-message.js';

export type ReportError = (text: string, error: unknown) => void;

/** Runs one message through the interceptors of a channel; made anew for each message. */
export class InterceptorChain {
  /** How many interceptors let the message pass. */
  private passed = 0;
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
    for (; this.passed < this.interceptors.length; this.passed++) {
      const interceptor = this.interceptors[this.passed]!;
      if (!interceptor.preSend) continue;
      const result = interceptor.preSend(this.last, this.channel);
      if (isThenable(result))
        return Promise.resolve(result).then((message) => this.resume(interceptor, message));
      const message = passedMessage('preSend', interceptor, result, this.report);
      if (message === null) return null;
      this.last = message;
    }
    return this.last;
  }

  postSend(): void {
    for (let i = 0; i < this.passed; i++)
      this.watch('postSend', this.interceptors[i]!.postSend?.(this.last, this.channel, true));
  }

  /** Spring: for those whose preSend let the message pass, whatever became of it. */
  afterCompletion(sent: boolean, error?: unknown): void {
    const { last, channel } = this;
    for (let i = this.passed - 1; i >= 0; i--) {
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
    returned: Message | null,
  ): Message | null | Promise<Message | null> {
    const message = passedMessage('preSend', interceptor, returned, this.report);
    if (message === null) return null;
    this.last = message;
    this.passed++;
    return this.preSend();
  }
}
