import { Controller } from '@nestjs/common';
import { DestinationVariable, MessageMapping, Payload, SendTo, SendToUser } from 'nestjs-stomp';

@Controller()
@MessageMapping('/sendto')
export class SendToController {
  @MessageMapping('/one')
  @SendTo('/topic/st.one')
  one(body: string): string {
    return `one:${body}`;
  }

  @MessageMapping('/many')
  @SendTo('/topic/st/a', '/topic/st/b')
  many(body: string): string {
    return `many:${body}`;
  }

  @MessageMapping('/room/{room}/{id}')
  @SendTo('/topic/room/{room}/{id}')
  room(@DestinationVariable('room') room: string, @Payload() body: string): string {
    return `${room}:${body}`;
  }

  @MessageMapping('/literal/{x}')
  @SendTo('/topic/lit/{x}', '/queue/lit-{x}-end')
  literal(body: string): string {
    return `lit:${body}`;
  }

  @MessageMapping('/missing/{x}')
  @SendTo('/topic/miss/{y}')
  missing(body: string): string {
    return `missing:${body}`;
  }

  @MessageMapping('/empty')
  @SendTo()
  empty(body: string): string {
    return `empty:${body}`;
  }

  @MessageMapping('/void')
  @SendTo('/topic/st.void')
  void(): void {}

  @MessageMapping('/null')
  @SendTo('/topic/st.void')
  null(): string | null {
    return null;
  }

  @MessageMapping('/blank')
  @SendTo('/topic/st.blank')
  blank(): string {
    return '';
  }

  @MessageMapping('/both')
  @SendTo('/topic/st.both')
  @SendToUser('/queue/st.both')
  both(body: string): string {
    return `both:${body}`;
  }

  @MessageMapping('/app')
  @SendTo('/app/echo/text')
  app(body: string): string {
    return `app:${body}`;
  }
}

@Controller()
@MessageMapping('/cls')
@SendTo('/topic/cls-default')
export class ClassSendToController {
  @MessageMapping('/a')
  a(body: string): string {
    return `a:${body}`;
  }

  @MessageMapping('/b')
  @SendTo('/topic/cls-b')
  b(body: string): string {
    return `b:${body}`;
  }

  @MessageMapping('/c')
  @SendToUser('/queue/cls-c')
  c(body: string): string {
    return `c:${body}`;
  }

  @MessageMapping('/d')
  @SendTo()
  d(body: string): string {
    return `d:${body}`;
  }
}

@Controller()
@MessageMapping('/clsu')
@SendToUser('/queue/clsu')
export class ClassSendToUserController {
  @MessageMapping('/a')
  a(body: string): string {
    return `a:${body}`;
  }

  @MessageMapping('/b')
  @SendTo('/topic/clsu-b')
  b(body: string): string {
    return `b:${body}`;
  }

  @MessageMapping('/c')
  @SendToUser()
  c(body: string): string {
    return `c:${body}`;
  }
}
