import { Controller } from '@nestjs/common';
import {
  DestinationVariable,
  MessageMapping,
  Payload,
  SendToUser,
  SimpMessageHeaderAccessor,
} from 'nestjs-stomp';

/** Counts the calls of one session; lives in its attributes, and so as long as it. */
class Counter {
  private calls = 0;

  static of(accessor: SimpMessageHeaderAccessor): Counter {
    const attributes = accessor.getSessionAttributes()!;
    const counter = (attributes.get('counter') as Counter | undefined) ?? new Counter();
    attributes.set('counter', counter);
    return counter;
  }

  next(): number {
    return ++this.calls;
  }
}

@Controller()
@MessageMapping('/session')
@SendToUser('/queue/session', { broadcast: false })
export class SessionController {
  @MessageMapping('/put/{key}')
  put(
    @DestinationVariable('key') key: string,
    @Payload() body: string,
    accessor: SimpMessageHeaderAccessor,
  ): string {
    accessor.getSessionAttributes()!.set(key, body);
    return `put:${key}`;
  }

  @MessageMapping('/get/{key}')
  get(@DestinationVariable('key') key: string, accessor: SimpMessageHeaderAccessor): string {
    const value = accessor.getSessionAttributes()!.get(key) as string | undefined;
    return `get:${value ?? 'null'}`;
  }

  @MessageMapping('/count')
  count(accessor: SimpMessageHeaderAccessor): string {
    return `count:${Counter.of(accessor).next()}`;
  }
}
