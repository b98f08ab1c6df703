import { Controller } from '@nestjs/common';
import { MessageMapping, SendToUser, StompModule, StompServer } from 'nestjs-stomp';
import { StompTestClient, type TestSubscription } from 'nestjs-stomp/testing';
import { startCheckApplication } from '../support/application.js';
import { startNest, type RunningNest } from '../support/nest-application.js';

let entered: () => void;
let finish: (text: string) => void;

@Controller()
class SlowController {
  @MessageMapping('slow')
  @SendToUser('/queue/reply')
  slow(): Promise<string> {
    entered();
    return new Promise((resolve) => (finish = resolve));
  }
}

describe('a deploy', () => {
  it('SIGTERM with shutdown hooks: clients hear 1001, and the process ends with 0', async () => {
    const application = await startCheckApplication();
    const url = `${application.url.replace('http', 'ws')}/stomp`;
    const clients = await Promise.all([1, 2, 3].map(() => StompTestClient.connect(url)));
    const closes = clients.map((client) => client.closed());
    expect(await application.stop()).toBe(0);
    expect((await Promise.all(closes)).map(({ code }) => code)).toEqual([1001, 1001, 1001]);
  }, 120_000);

  it('app.close() does not wait for the deadline for a client that was refused just now', async () => {
    const stomp = StompModule.forRoot({
      endpoints: ['/stomp'],
      authenticate: () => Promise.reject(new Error('nobody')),
      shutdown: { deadlineMs: 600_000 },
    });
    const { app } = await startNest({ imports: [stomp] });
    await expect(StompTestClient.connect(app)).rejects.toThrow('CONNECT was refused');
    await app.close();
  });

  describe('while a handler is in work', () => {
    let nest: RunningNest;
    let url: string;
    let client: StompTestClient;
    let replies: TestSubscription;

    beforeEach(async () => {
      const stomp = StompModule.forRoot({
        endpoints: ['/stomp'],
        applicationDestinationPrefixes: '/app',
        shutdown: { closeCode: 1012, deadlineMs: 10_000 },
      });
      nest = await startNest({ imports: [stomp], controllers: [SlowController] });
      url = `${nest.wsUrl}/stomp`;
      client = await StompTestClient.connect(url);
      replies = await client.subscribe('/user/queue/reply');
      const inWork = new Promise<void>((resolve) => (entered = resolve));
      client.send('/app/slow');
      await inWork;
    });

    afterEach(async () => {
      finish('late');
      await client.vanish();
      await nest.app.close();
    });

    it('app.close() lets its answer out before it says that the server restarts', async () => {
      const closed = nest.app.close();
      finish('done');
      expect((await replies.next()).text).toBe('done');
      expect(await client.closed()).toMatchObject({ code: 1012 });
      await closed;
    });

    it('StompServer.drain() lets nobody new in, and ends when the handler has ended', async () => {
      const drained = nest.app.get(StompServer).drain();
      await expect(StompTestClient.open(url)).rejects.toThrow('503');
      expect(client.isClosed).toBe(false);
      finish('done');
      await drained;
      expect(nest.app.get(StompServer).sessions.size).toBe(0);
      expect((await replies.next()).text).toBe('done');
    });

    it('StompServer.drain() cuts at the deadline a session whose handler does not end', async () => {
      await nest.app.get(StompServer).drain({ closeCode: 1001, deadlineMs: 50 });
      expect(await client.closed()).toMatchObject({ code: 1001 });
    });
  });
});
