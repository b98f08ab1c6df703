import { Body, Controller, HttpCode, Param, Post, Query } from '@nestjs/common';
import { SimpMessagingTemplate } from 'nestjs-stomp';

@Controller()
export class HttpController {
  constructor(private readonly template: SimpMessagingTemplate) {}

  @Post('greetings')
  @HttpCode(204)
  greet(@Body() body: unknown): void {
    this.template.convertAndSend('/topic/greetings', `[greeting]: ${textOf(body)}`);
  }

  @Post('users/:user/notes')
  @HttpCode(204)
  note(@Param('user') user: string, @Body() body: unknown): void {
    this.template.convertAndSendToUser(user, '/queue/notes', { note: textOf(body) });
  }

  @Post('publish')
  @HttpCode(204)
  publish(@Query('destination') destination: string, @Body() body: unknown): void {
    this.template.convertAndSend(destination, textOf(body));
  }
}

/** The body parser gives an object for an empty body. */
const textOf = (body: unknown): string => (typeof body === 'string' ? body : '');
