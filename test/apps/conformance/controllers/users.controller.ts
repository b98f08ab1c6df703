import { Controller } from '@nestjs/common';
import {
  DestinationVariable,
  MessageMapping,
  Payload,
  Principal,
  SendToUser,
  SimpMessagingTemplate,
  StompHeader,
  type StompPrincipal,
} from 'nestjs-stomp';

@Controller()
@MessageMapping('/u')
export class UsersController {
  constructor(private readonly template: SimpMessagingTemplate) {}

  @MessageMapping('/all')
  @SendToUser('/queue/reply')
  all(body: string): string {
    return `all:${body}`;
  }

  @MessageMapping('/one')
  @SendToUser('/queue/reply', { broadcast: false })
  one(body: string): string {
    return `one:${body}`;
  }

  @MessageMapping('/default')
  @SendToUser()
  default(body: string): string {
    return `default:${body}`;
  }

  @MessageMapping('/default-one')
  @SendToUser({ broadcast: false })
  defaultOne(body: string): string {
    return `default-one:${body}`;
  }

  @MessageMapping('/many')
  @SendToUser(['/queue/r1', '/queue/r2'])
  many(body: string): string {
    return `many:${body}`;
  }

  @MessageMapping('/room/{room}')
  @SendToUser('/queue/room-{room}')
  room(body: string): string {
    return `room:${body}`;
  }

  @MessageMapping('/topic')
  @SendToUser('/topic/mine')
  topic(body: string): string {
    return `topic:${body}`;
  }

  @MessageMapping('/whoami')
  @SendToUser('/queue/reply')
  whoami(@Principal() user: StompPrincipal | undefined): string {
    return `user:${user?.name ?? 'null'}`;
  }

  @MessageMapping('/whoami-optional')
  @SendToUser('/queue/reply')
  whoamiOptional(@Principal() user: StompPrincipal | undefined): string {
    return `user:${user?.name ?? 'none'}`;
  }

  @MessageMapping('/to/{user}')
  to(@DestinationVariable('user') user: string, @Payload() body: string): void {
    this.template.convertAndSendToUser(user, '/queue/direct', `to:${body}`);
  }

  @MessageMapping('/to-session')
  toSession(@StompHeader('simpSessionId') sessionId: string, @Payload() body: string): void {
    this.template.convertAndSendToUser(sessionId, '/queue/direct', `session:${body}`, {
      sessionId,
    });
  }
}
