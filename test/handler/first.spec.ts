import { Controller, Injectable } from '@nestjs/common';
import {
  DestinationVariable,
  Header,
  MessageExceptionHandler,
  MessageMapping,
  Payload,
  SendTo,
  SendToUser,
  SubscribeMapping,
} from 'nestjs-stomp';
import { HandlerApp } from './handler-app.js';

@Controller()
@MessageMapping('trade')
class Trade {
  @MessageMapping('buy.{ticker}')
  @SendTo('/topic/orders.{ticker}')
  buy(
    @DestinationVariable('ticker') ticker: string,
    @Payload() order: object,
    @Header('x', { required: false }) x?: number,
  ) {
    return { ticker, order, x };
  }
  @MessageMapping('text')
  text(body: string) {
    return `echo:${body}`;
  }
  @MessageMapping('user')
  @SendToUser('/queue/me', { broadcast: false })
  async user(body: string) {
    await Promise.resolve();
    return body;
  }
  @MessageMapping('fail')
  fail() {
    throw new RangeError('no');
  }
  @SubscribeMapping('init')
  init() {
    return { hello: 1 };
  }
  @MessageExceptionHandler()
  onError(error: RangeError) {
    return `error:${error.message}`;
  }
}

describe('handlers', () => {
  let app: HandlerApp;
  afterEach(() => app.close());

  it('work', async () => {
    app = await HandlerApp.start({ controllers: [Trade] });
    const [reply] = await app.exchange('/app/trade/buy.MMM', { shares: 4 }, { x: '5' });
    expect(reply).toMatchObject({
      channel: 'broker',
      destination: '/topic/orders.MMM',
      body: { ticker: 'MMM', order: { shares: 4 }, x: 5 },
    });
    expect(app.send('/app/trade/text', 'hi')).toBe(true);
    expect(app.replies.at(-1)).toMatchObject({
      destination: '/topic/trade/text',
      body: 'echo:hi',
      contentType: 'text/plain;charset=UTF-8',
    });
    expect((await app.exchange('/app/trade/user', 'u'))[0]).toMatchObject({
      destination: '/user/s1/queue/me',
      sessionId: 's1',
    });
    expect((await app.exchange('/app/trade/fail'))[0]).toMatchObject({
      destination: '/user/s1/queue/errors',
      sessionId: 's1',
      body: 'error:no',
    });
    app.subscribe('/app/trade/init');
    expect(app.replies.at(-1)).toMatchObject({
      channel: 'outbound',
      destination: '/app/trade/init',
      subscriptionId: 'sub-0',
      body: { hello: 1 },
    });
  });
});
void Injectable;
