import { Buffer } from 'node:buffer';
import { Logger } from '@nestjs/common';
import type { MessageChannel } from '../channel/index.js';
import { StompException } from '../exception/index.js';
import {
  MessageBuilder,
  SimpMessageHeaderAccessor,
  SimpMessageType,
  type Message,
} from '../message/index.js';
import type { SecurityOptions } from './security-options.js';

/** What happens to a frame that is denied: an ERROR frame, or a message to the error queue of its session. */
export class Denial {
  private readonly logger = new Logger('StompAuthorization');
  private readonly toErrorQueue: boolean;
  private readonly errorQueue: string;

  constructor(
    options: Pick<SecurityOptions, 'onDenied' | 'errorQueue'>,
    private readonly brokerChannel: MessageChannel,
    private readonly userPrefix: string,
  ) {
    this.toErrorQueue = options.onDenied === 'errorQueue';
    this.errorQueue = options.errorQueue ?? '/queue/errors';
    if (this.errorQueue.startsWith('/') && !this.errorQueue.startsWith(userPrefix)) return;
    throw new StompException(
      `Option "errorQueue" must be what follows ${JSON.stringify(userPrefix.slice(0, -1))} for a client, as '/queue/errors', not ${JSON.stringify(this.errorQueue)}`,
      { code: 'STOMP_ERR_OPTION' },
    );
  }

  /** Throws the exception, or sends it to the session and returns what drops the frame. */
  deny(message: Message, exception: StompException): null {
    if (!this.toErrorQueue || message.headers.messageType === SimpMessageType.CONNECT)
      throw exception;
    this.tell(message, exception);
    return null;
  }

  private tell(denied: Message, { code, message: text }: StompException): void {
    const { sessionId, command, destination, native } = denied.headers;
    const accessor = SimpMessageHeaderAccessor.create();
    accessor.setDestination(`${this.userPrefix}${sessionId}${this.errorQueue}`);
    accessor.setSessionId(sessionId);
    accessor.setContentType('application/json');
    const receipt = native.get('receipt');
    if (receipt !== undefined) accessor.setNativeHeader('receipt-id', receipt);
    const body = Buffer.from(JSON.stringify({ code, message: text, command, destination }));
    const failed = (error: unknown): void =>
      this.logger.error(
        `Session ${sessionId} could not be told that a frame was denied: ${String(error)}`,
      );
    try {
      const sent = this.brokerChannel.send(MessageBuilder.createMessage(body, accessor));
      if (typeof sent === 'object') sent.completed.catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}
