import { jest } from '@jest/globals';
import { Injectable, Logger, type INestApplication } from '@nestjs/common';
import { MessageMapping, simpleBroker, SimpMessagingTemplate, StompModule } from 'nestjs-stomp';
import { StompTestClient } from 'nestjs-stomp/testing';
import { startNest } from '../support/nest-application.js';
import { until } from '../support/until.js';

@Injectable()
class Early {
  constructor(template: SimpMessagingTemplate) {
    template.convertAndSend('/topic/early', 'lost');
  }

  @MessageMapping('/hello')
  hello(): string {
    return 'hello';
  }
}

describe('what the application sends and nobody gets', () => {
  const stomp = StompModule.forRootAsync({
    useFactory: () => ({
      endpoints: ['/stomp'],
      applicationDestinationPrefixes: '/app',
      brokers: [
        simpleBroker({ destinations: ['/topic'] }),
        simpleBroker({ name: 'b', destinations: ['/b'] }),
      ],
    }),
  });
  let app: INestApplication;
  let warn: jest.SpiedFunction<Logger['warn']>;
  const told = () => warn.mock.calls.map(([text]) => String(text));

  beforeEach(() => {
    warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  });
  afterEach(async () => {
    await app.close();
    warn.mockRestore();
  });

  it('is told once a destination', async () => {
    ({ app } = await startNest({ imports: [stomp] }));
    const template = app.get(SimpMessagingTemplate);
    for (const destination of ['/news/1', '/tpoic/1', '/news/1', '/topic/1', '/b', '/user/bob/b'])
      template.convertAndSend(destination, 'x');
    const why =
      'no broker takes it, but what begins with "/topic", "/b"; handlers get what clients send only';
    expect(told()).toEqual([
      `Nobody gets what is sent to "/news/1": ${why}`,
      `Nobody gets what is sent to "/tpoic/1": ${why}`,
    ]);
  });

  it('is told of what handlers return, and of what is sent before the start', async () => {
    const stompWithout = StompModule.forRootAsync({
      useFactory: () => ({
        endpoints: ['/stomp'],
        applicationDestinationPrefixes: '/app',
        brokers: [
          simpleBroker({ destinations: ['/events'] }),
          simpleBroker({ name: 't', destinations: ['/topic/early'] }),
        ],
      }),
    });
    ({ app } = await startNest({ imports: [stompWithout], providers: [Early] }));
    const client = await StompTestClient.connect(app);
    client.send('/app/hello');
    await until(() => told().length === 2);
    expect(told()).toEqual([
      'Nobody gets what is sent to "/topic/early": the application has not started; send in onModuleInit at the earliest',
      expect.stringMatching('^Nobody gets what is sent to "/topic/hello": no broker takes it'),
    ]);
  });

  it('is not told endlessly', async () => {
    ({ app } = await startNest({ imports: [stomp] }));
    for (let i = 0; i < 500; i++) app.get(SimpMessagingTemplate).convertAndSend(`/news/${i}`, 'x');
    expect(told()).toHaveLength(101);
    expect(told().at(-1)).toBe('More destinations that nobody takes will not be reported');
  });
});
