import { Controller } from '@nestjs/common';
import {
  DestinationVariable,
  MessageMapping,
  Payload,
  SendTo,
  SendToUser,
  SubscribeMapping,
} from 'nestjs-stomp';

@Controller()
export class CheckController {
  @MessageMapping('echo')
  @SendTo('/topic/echo')
  echo(body: string): string {
    return body;
  }

  @MessageMapping('echo.{id}')
  @SendToUser('/queue/reply', { broadcast: false })
  reply(@DestinationVariable('id') id: string, @Payload() body: object): object {
    return { ...body, id, ok: true };
  }

  @SubscribeMapping('init')
  init(): { hello: number } {
    return { hello: 1 };
  }
}
