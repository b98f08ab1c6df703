import { Controller } from '@nestjs/common';
import {
  DestinationVariable,
  MessageMapping,
  Principal,
  SendTo,
  SendToUser,
  StompHeader,
  SubscribeMapping,
  type StompPrincipal,
} from 'nestjs-stomp';
import { GlobalError } from '../errors.js';
import { later } from '../later.js';

@Controller()
export class SubscribeController {
  @SubscribeMapping('/sub/direct')
  direct(): { reply: string } {
    return { reply: 'direct' };
  }

  @SubscribeMapping('/sub/text')
  text(): string {
    return 'text-reply';
  }

  @SubscribeMapping('/sub/item/{id}')
  item(
    @DestinationVariable('id', { type: 'int' }) id: number,
    @StompHeader('simpSubscriptionId') subscription: string,
  ): { item: number; subscription: string } {
    return { item: id, subscription };
  }

  @SubscribeMapping('/sub/header')
  header(@StompHeader('x-one', { defaultValue: 'none' }) value: string): string {
    return `header:${value}`;
  }

  @SubscribeMapping('/sub/topic')
  @SendTo('/topic/sub-topic')
  topic(): string {
    return 'via-topic';
  }

  @SubscribeMapping('/sub/user')
  @SendToUser('/queue/sub-user')
  user(): string {
    return 'via-user';
  }

  @SubscribeMapping('/sub/void')
  void(): void {}

  @SubscribeMapping('/sub/null')
  null(): string | null {
    return null;
  }

  @SubscribeMapping('/sub/error')
  error(): string {
    throw new GlobalError('sub-error');
  }

  @SubscribeMapping('/sub/future')
  future(): Promise<string> {
    return later('later');
  }

  @SubscribeMapping('/sub/bytes')
  bytes(): Buffer {
    return Buffer.of(1, 0, 2);
  }

  @SubscribeMapping('/sub/whoami')
  whoami(@Principal() user: StompPrincipal | undefined): string {
    return `sub:${user?.name ?? 'null'}`;
  }

  @SubscribeMapping(['/sub/two-a', '/sub/two-b'])
  two(@StompHeader('simpDestination') destination: string): string {
    return `two:${destination}`;
  }

  @MessageMapping('/sub/direct-send')
  directSend(body: string): string {
    return `sent:${body}`;
  }

  @SubscribeMapping('/topic/plain')
  plain(): string {
    return 'plain';
  }
}

@Controller()
@MessageMapping('/subcls')
export class SubscribeClassController {
  @SubscribeMapping('/x')
  subscribed(): string {
    return 'subcls-x';
  }

  @MessageMapping('/x')
  sent(body: string): string {
    return `subcls-msg:${body}`;
  }
}
