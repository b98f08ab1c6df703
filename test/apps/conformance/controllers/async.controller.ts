import { Controller } from '@nestjs/common';
import { MessageExceptionHandler, MessageMapping, SendTo, SendToUser } from 'nestjs-stomp';
import { defer, EMPTY, of, throwError, type Observable } from 'rxjs';
import { BaseError, GlobalError, UnhandledError } from '../errors.js';
import { later } from '../later.js';

const laterFailing = async (error: Error): Promise<never> => {
  await later(undefined);
  throw error;
};

@Controller()
@MessageMapping('/async')
export class AsyncController {
  @MessageMapping('/ok')
  ok(body: string): Promise<string> {
    return later(`ok:${body}`);
  }

  @MessageMapping('/done')
  @SendTo('/topic/async-done')
  done(body: string): Promise<string> {
    return Promise.resolve(`done:${body}`);
  }

  @MessageMapping('/user')
  @SendToUser('/queue/async')
  user(body: string): Promise<string> {
    return later(`user:${body}`);
  }

  @MessageMapping('/null')
  null(): Promise<null> {
    return later(null);
  }

  @MessageMapping('/void')
  void(): Promise<void> {
    return later(undefined);
  }

  @MessageMapping('/fail')
  fail(body: string): Promise<string> {
    return laterFailing(new BaseError(body));
  }

  @MessageMapping('/fail-now')
  failNow(body: string): Promise<string> {
    return Promise.reject(new BaseError(body));
  }

  @MessageMapping('/fail-global')
  failGlobal(body: string): Promise<string> {
    return laterFailing(new GlobalError(body));
  }

  @MessageMapping('/fail-unhandled')
  failUnhandled(): Promise<string> {
    return Promise.reject(new UnhandledError());
  }

  @MessageMapping('/throw')
  throw(body: string): Promise<string> {
    throw new BaseError(body);
  }

  @MessageMapping('/mono')
  mono(body: string): Observable<string> {
    return defer(() => of(`mono:${body}`));
  }

  @MessageMapping('/mono-empty')
  monoEmpty(): Observable<string> {
    return EMPTY;
  }

  @MessageMapping('/mono-fail')
  monoFail(body: string): Observable<string> {
    return throwError(() => new BaseError(body));
  }

  @MessageExceptionHandler(BaseError)
  @SendToUser('/queue/errors', { broadcast: false })
  onBase(error: BaseError): string {
    return `async-base:${error.message}`;
  }
}
