import { HttpException } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { StompException } from '../exception/index.js';
import type { SessionHost } from './session-host.js';

/** Logs why a frame failed: a fault of the application as an error with its stack, a refusal for debugging only. */
export function logFailure(host: SessionHost, sessionId: string, exception: Error): void {
  if (isRefusal(exception)) host.debug(`Session ${sessionId}: ${exception.message}`);
  else host.error(`A frame of session ${sessionId} failed: ${String(exception)}`, exception);
}

/** Whether it was thrown to refuse a frame: client mistakes must not fill the log. */
function isRefusal(exception: Error): boolean {
  if (exception instanceof HttpException) return exception.getStatus() < 500;
  return (
    exception instanceof StompException ||
    exception instanceof WsException ||
    'closeCode' in exception
  );
}
