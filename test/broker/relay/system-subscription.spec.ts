import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { stompBrokerRelay, StompModule, type StompBrokerRelay } from 'nestjs-stomp';
import { startNest, type RunningNest } from '../../support/nest-application.js';
import { until } from '../../support/until.js';
import { ScriptedBroker } from './scripted-broker.js';

describe('a subscription of the application at a relay', () => {
  let broker: ScriptedBroker;
  let relay: StompBrokerRelay;
  let nest: RunningNest;
  let heard: string[];
  const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);

  beforeEach(async () => {
    error.mockClear();
    heard = [];
    broker = await ScriptedBroker.start();
    relay = stompBrokerRelay({ port: broker.port, reconnectDelayMs: 10 });
  });

  afterEach(async () => {
    await nest.app.close();
    await broker.stop();
  });

  afterAll(() => error.mockRestore());

  async function start(): Promise<void> {
    nest = await startNest({ imports: [StompModule.forRoot({ brokers: [relay] })] });
    await until(() => relay.available);
  }

  const subscribe = (...destinations: string[]): void => {
    for (const destination of destinations)
      relay.subscribeSystem(destination, ({ payload }) => heard.push(String(payload)));
  };

  const asked = (destination: string): number =>
    broker.asked.filter((one) => one === destination).length;

  it.each([true, false])(
    'is given up when the broker refuses it, and the log says why: the ERROR names it, %s',
    async (namesRefused) => {
      broker.namesRefused = namesRefused;
      broker.refused.add('/topic/closed');
      await start();
      subscribe('/topic/closed');
      await until(() => error.mock.calls.length > 0);
      await until(() => relay.available);
      expect(error.mock.calls[0]![0]).toBe(
        'The broker refused the application\'s subscription to "/topic/closed", so that nothing comes from there: ' +
          'access_refused: no /topic/closed for you. Let "systemLogin" read it, or name another destination, and subscribe again',
      );
      const { accepted } = broker;
      broker.cut();
      await until(() => broker.accepted > accepted);
      await until(() => relay.available);
      expect(asked('/topic/closed')).toBe(namesRefused ? 1 : 2);
      expect(error).toHaveBeenCalledTimes(1);
    },
  );

  it('does not take the others with it when the broker refuses it from the start', async () => {
    for (const one of ['/topic/closed', '/topic/closed too']) broker.refused.add(one);
    subscribe('/topic/a', '/topic/closed', '/topic/b', '/topic/closed too');
    await start();
    expect(broker.subscribed).toEqual(['/topic/a', '/topic/b']);
    expect(error).toHaveBeenCalledTimes(2);
  });

  it('comes back when the connection is lost before the broker has answered', async () => {
    broker.ignored.add('/topic/late');
    await start();
    subscribe('/topic/late');
    await until(() => asked('/topic/late') === 1);
    broker.ignored.clear();
    broker.cut();
    await until(() => broker.subscribed.length === 1);
    broker.publish('/topic/late', 'here');
    await until(() => heard.length === 1);
    expect(error).not.toHaveBeenCalled();
  });

  it('goes on when its listener rejects, which is logged', async () => {
    await start();
    relay.subscribeSystem('/topic/heard', ({ payload }): any => {
      heard.push(String(payload));
      return Promise.reject(new Error('not mine'));
    });
    await until(() => broker.subscribed.length === 1);
    broker.publish('/topic/heard', 'one');
    broker.publish('/topic/heard', 'two');
    await until(() => error.mock.calls.length === 2);
    expect(heard).toEqual(['one', 'two']);
    expect(error.mock.calls[0]![0]).toBe(
      'A listener of the application to "/topic/heard" failed: not mine',
    );
  });
});
