import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Controller, Inject, type INestApplication } from '@nestjs/common';
import {
  DestinationVariable,
  MessageMapping,
  SendToUser,
  simpleBroker,
  SimpMessageType,
  StompModule,
  type Message,
  type StompDiagnostics,
  type StompModuleOptions,
  type SubscribableChannel,
} from 'nestjs-stomp';
import { StompTestClient, type TestMessage } from 'nestjs-stomp/testing';
import { startNest } from '../../support/nest-application.js';

@Controller()
class Replies {
  constructor(@Inject('brokerChannel') readonly brokerChannel: SubscribableChannel) {}

  @MessageMapping('/mine')
  @SendToUser('/queue/mine', { broadcast: false })
  mine(body: object): object {
    return body;
  }

  @MessageMapping('/all')
  @SendToUser('/queue/mine')
  all(body: object): object {
    return body;
  }

  @MessageMapping('/named/{name}')
  @SendToUser('/queue/{name}', { broadcast: false })
  named(@DestinationVariable('name') name: string): string {
    return name;
  }

  @MessageMapping('/inside')
  @SendToUser('/user/ann/queue/mine', { broadcast: false })
  inside(): string {
    return 'never';
  }
}

interface Watched {
  /** Destinations of what was seen. */
  readonly seen: string[];
  readonly options?: StompModuleOptions;
  watch?(brokerChannel: SubscribableChannel): () => void;
}

/** Keeps the destination of a MESSAGE. */
function note(seen: string[], { headers: { messageType, destination } }: Message): void {
  if (messageType === SimpMessageType.MESSAGE) seen.push(destination!);
}

const WATCHERS: Record<string, () => Watched> = {
  nobody: () => ({ seen: [] }),
  'an interceptor': () => {
    const seen: string[] = [];
    const preSend = (message: Message): Message => {
      note(seen, message);
      return message;
    };
    return { seen, options: { brokerChannel: { interceptors: [{ preSend }] } } };
  },
  'an observer': () => {
    const seen: string[] = [];
    const watch = ({ messages$ }: SubscribableChannel): (() => void) => {
      const subscription = messages$.subscribe((message) => note(seen, message));
      return () => subscription.unsubscribe();
    };
    return { seen, watch };
  },
  'a subscriber': () => {
    const seen: string[] = [];
    const handleMessage = (message: Message): void => note(seen, message);
    return { seen, watch: (brokerChannel) => brokerChannel.subscribe({ handleMessage }) };
  },
  'a diagnostics channel': () => {
    const seen: string[] = [];
    const listener = (one: unknown): void => {
      const { message } = one as StompDiagnostics['stomp:message:published'];
      note(seen, message);
    };
    const watch = (): (() => void) => {
      subscribe('stomp:message:published', listener);
      return () => unsubscribe('stomp:message:published', listener);
    };
    return { seen, watch };
  },
};

const shown = ({ headers: { 'message-id': id, ...headers }, text }: TestMessage): unknown => ({
  ...headers,
  id: typeof id,
  text,
});

describe.each(Object.keys(WATCHERS))(
  'replies to a session while %s watches brokerChannel',
  (who) => {
    let watched: Watched;
    let app: INestApplication;
    let leave: (() => void) | undefined;

    beforeEach(async () => {
      watched = WATCHERS[who]!();
      const options: StompModuleOptions = {
        endpoints: ['/stomp'],
        applicationDestinationPrefixes: ['/app'],
        brokers: [simpleBroker({ destinations: ['/topic', '/queue'] })],
        authenticate: (connect) => {
          const name = connect.getLogin();
          return name === undefined ? undefined : { name };
        },
        ...watched.options,
      };
      ({ app } = await startNest({
        imports: [StompModule.forRoot(options)],
        controllers: [Replies],
      }));
      leave = watched.watch?.(app.get(Replies).brokerChannel);
    });

    afterEach(async () => {
      leave?.();
      await app.close();
    });

    const connect = (login?: string): Promise<StompTestClient> =>
      StompTestClient.connect(app, login === undefined ? {} : { login });

    it.each([undefined, 'ann', 'a/b%c'])(
      'reach only the session of %s that asked',
      async (login) => {
        const [asking, other] = [await connect(login), await connect(login)];
        const [mine, others] = [
          await asking.subscribe('/user/queue/mine'),
          await other.subscribe('/user/queue/mine'),
        ];
        for (const n of [1, 2]) {
          await asking.sendAndWait('/app/mine', { n });
          expect(shown(await mine.next())).toEqual({
            subscription: mine.id,
            destination: '/user/queue/mine',
            'content-type': 'application/json',
            'content-length': '7',
            id: 'string',
            text: `{"n":${n}}`,
          });
        }
        await others.expectSilence();
        if (who === 'nobody') return;
        // Whoever subscribed after the room of users sees what came of a message before the message.
        const [resolved, again, toUser, toUserAgain] = watched.seen.toSorted();
        const name = login?.replace('/', '%2F') ?? '[\\w-]{36}';
        expect(resolved).toMatch(/^\/queue\/mine-user[\w-]{36}$/);
        expect(toUser).toMatch(new RegExp(`^/user/${name}/queue/mine$`));
        expect([again, toUserAgain]).toEqual([resolved, toUser]);
        expect(watched.seen).toHaveLength(4);
      },
    );

    it('reach patterns and every subscription of the session', async () => {
      const client = await connect('ann');
      const [first, second, pattern] = [
        await client.subscribe('/user/queue/mine'),
        await client.subscribe('/user/queue/mine'),
        await client.subscribe('/user/queue/*'),
      ];
      await client.sendAndWait('/app/mine', { n: 1 });
      for (const one of [first, second, pattern]) expect((await one.next()).text).toBe('{"n":1}');
      await first.unsubscribe();
      await client.sendAndWait('/app/mine', { n: 2 });
      for (const one of [second, pattern]) expect((await one.next()).text).toBe('{"n":2}');
    });

    it('go to all sessions of the user when they are broadcast', async () => {
      const [asking, other] = [await connect('ann'), await connect('ann')];
      const subscriptions = [
        await asking.subscribe('/user/queue/mine'),
        await other.subscribe('/user/queue/mine'),
      ];
      await asking.sendAndWait('/app/mine', { n: 1 });
      await asking.sendAndWait('/app/all', { n: 2 });
      expect((await subscriptions[0]!.take(2)).map(({ text }) => text)).toEqual([
        '{"n":1}',
        '{"n":2}',
      ]);
      expect((await subscriptions[1]!.next()).text).toBe('{"n":2}');
    });

    it('have as many destinations as the client makes of a variable', async () => {
      const client = await connect();
      const all = await client.subscribe('/user/queue/*');
      for (let n = 0; n < 40; n++) await client.sendAndWait(`/app/named/${n}`);
      const got = await all.take(40);
      expect(got.map(({ text }) => text)).toEqual(Array.from({ length: 40 }, (_, n) => String(n)));
      expect(got.at(-1)!.destination).toBe('/user/queue/39');
    });

    it('are refused to a user destination inside a user destination', async () => {
      const client = await connect('ann');
      client.send('/app/inside');
      await client.settle();
      const mine = await client.subscribe('/user/queue/mine');
      await client.sendAndWait('/app/mine', {});
      expect((await mine.next()).text).toBe('{}');
      expect(mine.pending).toEqual([]);
    });
  },
);
