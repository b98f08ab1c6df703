import {
  SimpMessageType,
  StompException,
  StompModule,
  StompSubProtocolErrorHandler,
  stompBrokerRelay,
  type Message,
  type MessageBroker,
} from 'nestjs-stomp';
import { startNest } from '../../support/nest-application.js';
import { StompClient } from '../../support/stomp-client.js';
import { until } from '../../support/until.js';
import { ScriptedBroker } from './scripted-broker.js';

class Silent extends StompSubProtocolErrorHandler {
  override handleClientMessageProcessingError(): null {
    return null;
  }
}

/** A broker that refuses the first client. */
function strict(): MessageBroker {
  let connects = 0;
  return {
    name: 'strict',
    destinationPrefixes: ['/strict'],
    available: true,
    start: () => undefined,
    stop: () => undefined,
    handleMessage: ({ headers }: Message) => {
      if (headers.messageType !== SimpMessageType.CONNECT || ++connects > 1) return undefined;
      throw new StompException('Not yet', { code: 'STOMP_ERR_NOT_YET' });
    },
  };
}

describe('a client whose CONNECT another broker refused', () => {
  it.each(['per-client', 'shared'] as const)(
    'leaves nothing at the relay when it connects again, %s',
    async (connections) => {
      const broker = await ScriptedBroker.start();
      const relay = stompBrokerRelay({ port: broker.port, destinations: ['/topic'], connections });
      const stomp = StompModule.forRoot({
        endpoints: ['/stomp'],
        brokers: [relay, strict()],
        errorHandler: new Silent(),
      });
      const { app, wsUrl } = await startNest({ imports: [stomp] });
      await until(() => relay.available);
      const before = broker.open;
      const client = await StompClient.open(`${wsUrl}/stomp`);
      client.frame('CONNECT', { 'accept-version': '1.2', host: 'x' });
      await until(() => broker.accepted === before + Number(connections === 'per-client'));
      await client.connect();
      await client.subscribe('/topic/a');
      await until(() => broker.open === before + Number(connections === 'per-client'));
      broker.publish('/topic/a', 'here');
      expect((await client.message()).text).toBe('here');
      await client.disconnect();
      await until(() => broker.open === before);
      await app.close();
      await broker.stop();
    },
  );
});
