import { Controller, Injectable, UseGuards, type ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard } from '@nestjs/throttler';
import { MessageMapping, SendToUser, type SessionContext } from 'nestjs-stomp';

/** Counts the messages of each session. */
@Injectable()
export class StompThrottlerGuard extends ThrottlerGuard {
  protected override getRequestResponse(context: ExecutionContext) {
    const req = context.switchToWs().getClient<Record<string, unknown>>();
    return { req, res: { header: () => undefined } };
  }

  protected override getTracker(session: Record<string, unknown>): Promise<string> {
    return Promise.resolve((session as unknown as SessionContext).id);
  }
}

@UseGuards(StompThrottlerGuard)
@Controller()
export class ThrottledController {
  @MessageMapping('throttled')
  @SendToUser('/queue/reply', { broadcast: false })
  throttled(body: string): string {
    return body;
  }
}
