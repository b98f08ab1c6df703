import { Controller } from '@nestjs/common';
import {
  DestinationVariable,
  MessageMapping,
  Payload,
  SendToUser,
  SimpMessageHeaderAccessor,
} from 'nestjs-stomp';
import { Counter } from '../counter.js';

@Controller()
@MessageMapping('/session')
@SendToUser('/queue/session', { broadcast: false })
export class SessionController {
  constructor(private readonly counter: Counter) {}

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
  count(): string {
    return `count:${this.counter.next()}`;
  }
}
