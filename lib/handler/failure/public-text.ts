import { HttpException } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { StompException } from '../../exception/index.js';
import { MessageConversionException } from '../../message/index.js';
import { AmbiguousMappingException } from './handler.exception.js';
import {
  MethodArgumentException,
  MethodArgumentNotValidException,
  type FieldError,
} from './method-argument.exception.js';

/** What a client may know about a failure. */
export interface PublicError {
  /** HTTP status, or code of a StompException. */
  readonly status?: number;
  readonly code?: string;
  readonly message: string;
  readonly errors?: readonly FieldError[];
}

const UNKNOWN = 'Internal server error';

/** Exceptions that are meant for clients say what happened; of all others nothing gets out. */
export function publicError(exception: unknown): PublicError {
  if (exception instanceof StompException) return stompError(exception);
  if (exception instanceof HttpException)
    return { status: exception.getStatus(), message: httpText(exception) };
  if (exception instanceof WsException) {
    const error = exception.getError();
    return { message: typeof error === 'string' ? error : exception.message };
  }
  return { message: UNKNOWN };
}

/** Whether the client, not the application, is the cause. */
export function isClientError(exception: unknown): boolean {
  if (exception instanceof StompException) return exception.closeCode !== 1011;
  if (exception instanceof HttpException) return exception.getStatus() < 500;
  return exception instanceof WsException;
}

function stompError(exception: StompException): PublicError {
  const { code, message } = exception;
  if (exception instanceof MethodArgumentNotValidException)
    return { code, message: exception.reason, errors: exception.errors };
  const isArgument =
    exception instanceof MethodArgumentException || exception instanceof MessageConversionException;
  if (isArgument) return { code, message: exception.reason };
  return { code, message: exception instanceof AmbiguousMappingException ? UNKNOWN : message };
}

function httpText(exception: HttpException): string {
  const response = exception.getResponse() as { message?: unknown };
  const message = typeof response === 'object' ? response.message : response;
  if (Array.isArray(message)) return message.join('; ');
  return typeof message === 'string' ? message : exception.message;
}
