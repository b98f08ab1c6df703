import { isThenable } from '../../exception/index.js';
import { ForbiddenException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { isObservable, lastValueFrom } from 'rxjs';

/**
 * Asks guards in order; synchronous as long as they all are. The exception of a denial is Nest's for requests, its cause
 * that for gateways, so that handlers and filters for either find it.
 *
 * @throws ForbiddenException
 */
export function runGuards(
  guards: readonly CanActivate[],
  context: ExecutionContext,
  from = 0,
): void | Promise<void> {
  for (let i = from; i < guards.length; i++) {
    const answer = guards[i]!.canActivate(context);
    if (answer === true) continue;
    if (isObservable(answer) || isThenable(answer))
      return settled(answer).then((allowed) => {
        if (!allowed) throw denied();
        return runGuards(guards, context, i + 1);
      });
    if (!answer) throw denied();
  }
}

async function settled(answer: unknown): Promise<unknown> {
  const value = await answer;
  return isObservable(value) ? lastValueFrom(value) : value;
}

function denied(): ForbiddenException {
  const text = 'Forbidden resource';
  return new ForbiddenException(text, { cause: new WsException(text) });
}
