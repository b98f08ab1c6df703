import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import {
  SimpMessagingTemplate,
  stompBrokerRelay,
  StompModule,
  type StompBrokerRelay,
  type StompBrokerRelayOptions,
} from 'nestjs-stomp';
import { startNest, type RunningNest } from '../../support/nest-application.js';
import { until } from '../../support/until.js';
import { ScriptedBroker } from './scripted-broker.js';

describe('an application that ends', () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  let broker: ScriptedBroker;
  let relay: StompBrokerRelay;
  let nest: RunningNest;

  const warnings = (): string[] => warn.mock.calls.map(([text]) => String(text));

  beforeEach(async () => {
    broker = await ScriptedBroker.start();
  });

  afterEach(() => broker.stop());

  afterAll(() => warn.mockRestore());

  async function start(options: StompBrokerRelayOptions): Promise<SimpMessagingTemplate> {
    relay = stompBrokerRelay({ port: broker.port, name: 'prices', ...options });
    nest = await startNest({ imports: [StompModule.forRoot({ brokers: [relay] })] });
    await until(() => relay.available);
    warn.mockClear();
    return nest.app.get(SimpMessagingTemplate);
  }

  it('says how many messages its broker did not take in time', async () => {
    const template = await start({ disconnectTimeoutMs: 50, maxBufferBytes: 100_000_000 });
    broker.stopReading();
    const sent = 400;
    for (let n = 0; n < sent; n++) template.convertAndSend('/topic/large', 'x'.repeat(100_000));
    await nest.app.close();
    expect(warnings()).toHaveLength(1);
    const [, lost] = /'prices' at .* did not take (\d+) messages in 50 ms/.exec(warnings()[0]!)!;
    expect(Number(lost)).toBeGreaterThan(0);
    expect(Number(lost)).toBeLessThan(sent + 1);
  });

  it('says nothing when its broker took all', async () => {
    const template = await start({});
    for (let n = 0; n < 100; n++) template.convertAndSend('/topic/large', 'x'.repeat(10_000));
    await nest.app.close();
    expect(warnings()).toEqual([]);
  });

  it('says how many messages it kept for a broker that is away, but for those that reject', async () => {
    const template = await start({ maxBufferedMessages: 10, reconnectDelayMs: 10 });
    broker.takesNew = false;
    broker.cut();
    await until(() => !relay.available);
    for (let n = 0; n < 3; n++) template.convertAndSend('/topic/kept', 'x');
    const waits = template.convertAndSendAsync('/topic/kept', 'x');
    const told = expect(waits).rejects.toThrow("Message broker 'prices' has stopped.");
    await nest.app.close();
    await told;
    expect(warnings().filter((text) => text.includes('kept'))).toEqual([
      "Broker 'prices': 3 messages that were kept while it was away (maxBufferedMessages) are lost, as the application ends",
    ]);
  });
});
