import { Logger } from '@nestjs/common';
import { ControllerAdvice, MessageExceptionHandler } from 'nestjs-stomp';
import { ChatException } from './chat.exception.js';

interface Refusal {
  readonly message: string;
}

/** What handlers fail with, for the sender at `/user/queue/errors`, where denied frames are told of too. */
@ControllerAdvice()
export class ErrorAdvice {
  private readonly logger = new Logger(ErrorAdvice.name);

  @MessageExceptionHandler(ChatException)
  refused({ message }: ChatException): Refusal {
    return { message };
  }

  @MessageExceptionHandler()
  failed(error: Error): Refusal {
    this.logger.warn(error.message);
    return { message: 'This could not be read' };
  }
}
