import {
  BrokerMessageHandler,
  simpleBroker,
  SimpleBroker,
  SimpMessageType,
  StompModule,
  type ChannelInterceptor,
  type MessageBroker,
} from 'nestjs-stomp';
import { StompTestClient } from 'nestjs-stomp/testing';
import { startNest } from '../support/nest-application.js';

it('tells interceptors which broker a subscriber of a channel brings messages to', async () => {
  const brokers: MessageBroker[] = [
    simpleBroker({ name: 'topics', destinations: ['/topic'] }),
    simpleBroker({ name: 'queues', destinations: ['/queue'] }),
  ];
  const seen: MessageBroker[] = [];
  const interceptor: ChannelInterceptor = {
    beforeHandle(message, _channel, handler) {
      if (handler instanceof BrokerMessageHandler && handler.broker instanceof SimpleBroker)
        if (message.headers.messageType === SimpMessageType.MESSAGE) seen.push(handler.broker);
      return message;
    },
  };
  const stomp = StompModule.forRoot({
    endpoints: ['/stomp'],
    brokers,
    clientInboundChannel: { interceptors: [interceptor] },
  });
  const { app } = await startNest({ imports: [stomp] });
  const client = await StompTestClient.connect(app);
  await client.sendAndWait('/queue/x', 'hello');
  await app.close();
  expect(seen.map((broker) => brokers.indexOf(broker))).toEqual([0, 1]);
});
