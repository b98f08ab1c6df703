import { Controller } from '@nestjs/common';
import {
  DestinationVariable,
  MessageMapping,
  Payload,
  Principal,
  SendTo,
  SendToUser,
  SimpMessagingTemplate,
  StompHeader,
  SubscribeMapping,
  type StompPrincipal,
} from 'nestjs-stomp';
import { GlobalError } from '../errors.js';
import { Person, readPerson } from '../people.js';

@Controller()
@MessageMapping('red')
export class RedController {
  constructor(private readonly template: SimpMessagingTemplate) {}

  @MessageMapping('blue.{green}')
  blue(@DestinationVariable('green') green: string, @Payload() body: string): string {
    return `blue:${green}:${body}`;
  }

  @MessageMapping('json')
  json(@Payload(readPerson) person: Person): { content: string } {
    return { content: `Hello, ${person.name}!` };
  }

  @MessageMapping('star.*')
  @SendTo('/topic/dots')
  star(): string {
    return 'star';
  }

  @MessageMapping('deep.**')
  @SendTo('/topic/dots')
  deep(): string {
    return 'deep';
  }

  @MessageMapping('room.{room}.{id:[0-9]+}')
  @SendTo('/topic/room.{room}.{id}')
  room(@DestinationVariable('id', { type: 'int' }) id: number, @Payload() body: string): string {
    return `room:${id}:${body}`;
  }

  @MessageMapping('slash/{x}')
  @SendTo('/topic/dots')
  slash(@DestinationVariable('x') x: string): string {
    return `slash:${x}`;
  }

  @MessageMapping('user')
  @SendToUser('/queue/red.reply')
  user(body: string): string {
    return `user:${body}`;
  }

  @MessageMapping('session')
  @SendToUser('/queue/red.reply', { broadcast: false })
  session(body: string): string {
    return `session:${body}`;
  }

  @MessageMapping('to.{user}')
  to(@DestinationVariable('user') user: string, @Payload() body: string): void {
    this.template.convertAndSendToUser(user, '/queue/red.direct', `to:${body}`);
  }

  @MessageMapping('fail')
  fail(body: string): void {
    throw new GlobalError(body);
  }

  @MessageMapping('bytes')
  bytes(body: Buffer): Buffer {
    return body;
  }

  @MessageMapping('whoami')
  @SendToUser('/queue/red.reply')
  whoami(@Principal() user: StompPrincipal | undefined): string {
    return `user:${user?.name ?? 'null'}`;
  }

  @MessageMapping('header')
  @SendToUser('/queue/red.reply')
  header(@StompHeader('x-one') value: string): string {
    return `header:${value}`;
  }

  @SubscribeMapping('sub.{id}')
  sub(@DestinationVariable('id', { type: 'int' }) id: number): { sub: number } {
    return { sub: id };
  }

  @SubscribeMapping('subtopic')
  @SendTo('/topic/red.subtopic')
  subtopic(): string {
    return 'via-topic';
  }
}

@Controller()
export class PlainController {
  @MessageMapping('plain')
  plain(body: string): string {
    return `plain:${body}`;
  }

  @MessageMapping('/lead')
  lead(body: string): string {
    return `lead:${body}`;
  }
}
