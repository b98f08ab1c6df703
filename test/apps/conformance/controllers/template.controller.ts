import { Controller } from '@nestjs/common';
import { DestinationVariable, MessageMapping, Payload, SimpMessagingTemplate } from 'nestjs-stomp';

@Controller()
@MessageMapping('/tpl')
export class TemplateController {
  constructor(private readonly template: SimpMessagingTemplate) {}

  @MessageMapping('/text')
  text(body: string): void {
    this.template.convertAndSend('/topic/tpl', `tpl:${body}`);
  }

  @MessageMapping('/json')
  json(body: string): void {
    this.template.convertAndSend('/topic/tpl', { id: 7, label: body });
  }

  @MessageMapping('/bytes')
  bytes(body: string): void {
    this.template.convertAndSend('/topic/tpl', Buffer.from(body));
  }

  @MessageMapping('/headers')
  headers(body: string): void {
    const headers = { 'x-custom': 'a:b\nc\\d', 'x-number': 42 };
    this.template.convertAndSend('/topic/tpl', body, { headers });
  }

  @MessageMapping('/content-type')
  contentType(body: string): void {
    this.template.convertAndSend('/topic/tpl', body, { headers: { contentType: 'text/html' } });
  }

  @MessageMapping('/user/{user}')
  user(@DestinationVariable('user') user: string, @Payload() body: string): void {
    this.template.convertAndSendToUser(user, '/queue/tpl', { hello: body });
  }

  @MessageMapping('/raw-user/{user}')
  rawUser(@DestinationVariable('user') user: string, @Payload() body: string): void {
    this.template.convertAndSend(`/user/${user}/queue/tpl`, body);
  }

  @MessageMapping('/app')
  app(body: string): void {
    this.template.convertAndSend('/app/echo/text', body);
  }

  @MessageMapping('/nowhere')
  nowhere(body: string): void {
    this.template.convertAndSend('/elsewhere/x', body);
  }

  @MessageMapping('/twice')
  twice(body: string): void {
    for (const nth of ['first', 'second', 'third'])
      this.template.convertAndSend('/topic/tpl', `${nth}:${body}`);
  }
}
