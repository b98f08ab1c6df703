import type { Abstract, Type } from '@nestjs/common';
import { defineOnMethod, MESSAGE_EXCEPTION_HANDLER } from './handler-metadata.js';

/**
 * Classes of exceptions.
 *
 * @publicApi
 */
export type ExceptionType = Type<unknown> | Abstract<unknown>;

/**
 * Handles what the handlers of its class (of all classes, in a `@ControllerAdvice`) throw, what their streams and promises
 * fail with, and what their arguments fail with: the closest type wins, then that of the causes. Without types, those of
 * the Error parameters count; without these, it takes everything. What it returns goes to `@SendTo` or `@SendToUser`, else
 * to the sender's session at `/queue/errors`. It may be asynchronous.
 *
 * @publicApi
 */
export function MessageExceptionHandler(
  ...types: (ExceptionType | readonly ExceptionType[])[]
): MethodDecorator {
  const values = types.flat();
  const given = { decorator: 'MessageExceptionHandler', values, type: 'function' } as const;
  return defineOnMethod(MESSAGE_EXCEPTION_HANDLER, values, given);
}
