import { Controller } from '@nestjs/common';
import { Headers, MessageHeaders, MessageMapping, SendTo, StompHeaderAccessor } from 'nestjs-stomp';
import { HandlerApp } from './handler-app.js';

@Controller()
@MessageMapping('headers')
@SendTo('/topic/seen')
class HeadersController {
  @MessageMapping('record')
  record(@Headers() headers: Record<string, unknown>): unknown {
    return headers.nativeHeaders;
  }

  @MessageMapping('message-headers')
  messageHeaders(@Headers() headers: MessageHeaders): unknown {
    return headers.native.toObject();
  }

  @MessageMapping('accessor')
  accessor(@Headers() accessor: StompHeaderAccessor): unknown {
    return accessor.getNativeHeaders().toObject();
  }
}

describe('@Headers()', () => {
  let app: HandlerApp;

  beforeEach(async () => {
    app = await HandlerApp.start({ controllers: [HeadersController] });
  });

  afterEach(() => app.close());

  it.each(['record', 'message-headers', 'accessor'])('gives a %s', async (form) => {
    const [reply] = await app.exchange(`/app/headers/${form}`, '', { x: 'v' });
    expect(reply?.body).toMatchObject({ x: ['v'] });
  });
});
