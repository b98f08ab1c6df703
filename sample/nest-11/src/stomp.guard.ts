import type { CanActivate, ExecutionContext } from '@nestjs/common';

/** Lets messages in, and nothing else. */
export class StompGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.getType() === 'ws' && context.switchToWs().getData() !== undefined;
  }
}
