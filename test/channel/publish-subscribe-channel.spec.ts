import { AsyncLocalStorage } from 'node:async_hooks';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { map } from 'rxjs';
import {
  PublishSubscribeChannel,
  type ChannelInterceptor,
  type HandlingResult,
  type PendingSend,
  type SendResult,
} from '../../lib/channel/index.js';
import { Message, SimpMessageHeaderAccessor, SimpMessageType } from '../../lib/message/index.js';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const made = (payload: unknown): Message =>
  new Message(payload, SimpMessageHeaderAccessor.create().getMessageHeaders());

const pending = (result: SendResult): PendingSend => result as PendingSend;

describe('PublishSubscribeChannel', () => {
  const log: string[] = [];
  let channel: PublishSubscribeChannel;

  const handler = (name: string, result?: (message: Message) => HandlingResult) => ({
    handleMessage(message: Message): HandlingResult {
      log.push(`${name}:${String(message.payload)}`);
      return result?.(message);
    },
  });

  const interceptor = (name: string, more: ChannelInterceptor = {}): ChannelInterceptor => ({
    preSend(message) {
      log.push(`${name}.preSend`);
      return message;
    },
    postSend: (_message, _channel, sent) => void log.push(`${name}.postSend ${sent}`),
    afterSendCompletion: (_message, _channel, sent, error) =>
      void log.push(`${name}.after ${sent}${error ? ` ${(error as Error).message}` : ''}`),
    ...more,
  });

  beforeEach(() => {
    Logger.overrideLogger(false);
    log.length = 0;
    channel = new PublishSubscribeChannel('testChannel', () => 'one');
  });

  describe('subscribers', () => {
    it('are all called before send returns, in order of subscription', () => {
      channel.subscribe(handler('a'));
      channel.subscribe(handler('b'));
      expect(channel.send(made(1))).toBe(true);
      expect(log).toEqual(['a:1', 'b:1']);
    });

    it('that subscribed twice are called until both have left', () => {
      const twice = handler('a');
      const leave = channel.subscribe(twice);
      channel.subscribe(twice);
      leave();
      leave();
      channel.send(made(1));
      expect(log).toEqual(['a:1']);
    });

    it('are no longer called once they left', () => {
      const leave = channel.subscribe(handler('a'));
      leave();
      channel.send(made(1));
      expect(log).toEqual([]);
    });

    it('are all called although one throws; the first failure is thrown', () => {
      const fail = (text: string) => () => {
        throw new Error(text);
      };
      channel.subscribe(handler('a', fail('first')));
      channel.subscribe(handler('b', fail('second')));
      channel.subscribe(handler('c'));
      expect(() => channel.send(made(1))).toThrow('first');
      expect(log).toEqual(['a:1', 'b:1', 'c:1']);
    });

    it('that return a promise are entered at once and complete when it settles', async () => {
      let done!: () => void;
      channel.subscribe(handler('a', () => new Promise<void>((resolve) => (done = resolve))));
      const result = pending(channel.send(made(1)));
      await result.entered;
      let isComplete = false;
      void result.completed.then(() => (isComplete = true));
      await settle();
      expect(isComplete).toBe(false);
      done();
      expect(await result.completed).toBe(true);
    });

    it('that say when they are entered are waited for', async () => {
      let enter!: () => void;
      const entered = new Promise<void>((resolve) => (enter = resolve));
      channel.subscribe(handler('a', () => ({ entered, completed: entered })));
      channel.subscribe(handler('b', () => Promise.resolve()));
      const result = pending(channel.send(made(1)));
      let isEntered = false;
      void result.entered.then(() => (isEntered = true));
      await settle();
      expect(isEntered).toBe(false);
      enter();
      expect(await result.entered).toBe(true);
    });

    it('that fail later reject what completes, after the others are done', async () => {
      let done = false;
      channel.subscribe(handler('a', () => Promise.reject(new Error('later'))));
      channel.subscribe(
        handler('b', async () => {
          await settle();
          done = true;
        }),
      );
      const result = pending(channel.send(made(1)));
      await expect(result.completed).rejects.toThrow('later');
      expect(done).toBe(true);
      await expect(result.entered).resolves.toBe(true);
    });

    it('get headers that cannot be changed any more', () => {
      const message = made(1);
      channel.send(message);
      expect(() => SimpMessageHeaderAccessor.getAccessor(message).setDestination('/x')).toThrow(
        'Already immutable',
      );
    });
  });

  describe('subscribers that want some destinations only', () => {
    const to = (destination: string, type = SimpMessageType.MESSAGE): Message => {
      const accessor = SimpMessageHeaderAccessor.create(type);
      accessor.setDestination(destination);
      return new Message(destination, accessor.getMessageHeaders());
    };
    const wanting = (name: string, ...destinationPrefixes: string[]) => ({
      ...handler(name),
      destinationPrefixes,
    });

    it('are called for what may be theirs, in order of subscription', () => {
      channel.subscribe(wanting('topics', '/topic', '/queue'));
      channel.subscribe(wanting('app', '/app/'));
      channel.subscribe(handler('all'));
      for (const one of ['/app/a', '/queue/b', 'topic.c', '/ünlike', '/', ''])
        channel.send(to(one));
      expect(log).toEqual([
        ...['app:/app/a', 'all:/app/a'],
        ...['topics:/queue/b', 'all:/queue/b'],
        'all:topic.c',
        ...['topics:/ünlike', 'app:/ünlike', 'all:/ünlike'],
        ...['topics:/', 'app:/', 'all:/'],
        ...['topics:', 'app:', 'all:'],
      ]);
    });

    it('are called for all destinations when a prefix has one letter', () => {
      channel.subscribe(wanting('slash', '/'));
      channel.send(to('/any'));
      expect(log).toEqual(['slash:/any']);
    });

    it('are called for messages of other types, whatever they want', () => {
      channel.subscribe(wanting('app', '/app/'));
      channel.send(to('/topic/a'));
      channel.send(to('/topic/b', SimpMessageType.SUBSCRIBE));
      expect(log).toEqual(['app:/topic/b']);
    });

    it('are called for all destinations when they name none', () => {
      channel.subscribe(wanting('any'));
      channel.send(to('/topic/a'));
      expect(log).toEqual(['any:/topic/a']);
    });

    it('come and go like others', () => {
      const leave = channel.subscribe(wanting('first', '/topic'));
      channel.send(to('/topic/1'));
      channel.subscribe(wanting('second', '/topic'));
      channel.send(to('/topic/2'));
      leave();
      channel.send(to('/topic/3'));
      expect(log).toEqual([
        'first:/topic/1',
        'first:/topic/2',
        'second:/topic/2',
        'second:/topic/3',
      ]);
    });

    it('are all told to interceptors that surround the calls of subscribers', () => {
      channel.subscribe(wanting('topics', '/topic'));
      channel.addInterceptors({ afterMessageHandled: () => void log.push('handled') });
      channel.send(to('/app/a'));
      expect(log).toEqual(['topics:/app/a', 'handled']);
    });
  });

  describe('gate', () => {
    it('sees each message before the interceptors, and refuses by a throw', () => {
      channel.subscribe(handler('h'));
      channel.addInterceptors(interceptor('a'));
      channel.setGate({
        check({ payload }) {
          log.push(`gate:${String(payload)}`);
          if (payload === 'bad') throw new Error('refused');
        },
      });
      channel.send(made('good'));
      expect(() => channel.send(made('bad'))).toThrow('refused');
      expect(log).toEqual([
        'gate:good',
        'a.preSend',
        'h:good',
        'a.postSend true',
        'a.after true',
        'gate:bad',
      ]);
    });

    it('does not see what is sent past the interceptors', () => {
      channel.subscribe(handler('h'));
      channel.setGate({
        check() {
          throw new Error('refused');
        },
      });
      channel.sendUnintercepted(made('end'));
      expect(log).toEqual(['h:end']);
    });
  });

  describe('interceptors', () => {
    it('run in order before, and in reverse after', () => {
      channel.addInterceptors(interceptor('a'), interceptor('b'));
      channel.subscribe(handler('h'));
      channel.send(made(1));
      expect(log).toEqual([
        'a.preSend',
        'b.preSend',
        'h:1',
        'a.postSend true',
        'b.postSend true',
        'b.after true',
        'a.after true',
      ]);
    });

    it('may replace a message', () => {
      channel.addInterceptors({ preSend: () => made('other') });
      channel.subscribe(handler('h'));
      channel.send(made(1));
      expect(log).toEqual(['h:other']);
    });

    it('may change its headers', () => {
      channel.addInterceptors({
        preSend(message) {
          SimpMessageHeaderAccessor.getAccessor(message).setDestination('/changed');
          return message;
        },
      });
      const message = made(1);
      channel.send(message);
      expect(message.headers.destination).toBe('/changed');
    });

    it('drop a message by null: those before them hear that it is over, those behind them never see it', () => {
      channel.addInterceptors(
        interceptor('a'),
        interceptor('b', { preSend: () => null }),
        interceptor('c'),
      );
      channel.subscribe(handler('h'));
      expect(channel.send(made(1))).toBe(false);
      expect(log).toEqual(['a.preSend', 'a.after false']);
    });

    it('drop a message later as well', async () => {
      channel.addInterceptors(
        interceptor('a'),
        interceptor('b', { preSend: () => Promise.resolve(null) }),
      );
      channel.subscribe(handler('h'));
      const { entered, completed } = pending(channel.send(made(1)));
      expect([await entered, await completed]).toEqual([false, false]);
      expect(log).toEqual(['a.preSend', 'a.after false']);
    });

    it('hear that a message is over whose send ended with a throw of postSend', () => {
      channel.addInterceptors(interceptor('a'), {
        postSend: () => {
          throw new Error('late');
        },
      });
      expect(() => channel.send(made(1))).toThrow('late');
      expect(log).toEqual(['a.preSend', 'a.postSend true', 'a.after true late']);
    });

    it('may use promises of another library', async () => {
      const later = (message: Message): any => ({
        then: (resolve: (value: Message) => void) => setImmediate(() => resolve(message)),
      });
      channel.addInterceptors({ preSend: later, beforeHandle: later });
      channel.subscribe(handler('h'));
      await pending(channel.send(made(1))).completed;
      expect(log).toEqual(['h:1']);
    });

    it('refuse a message by a throw, which the sender gets as it is', () => {
      const error = new Error('refused');
      channel.addInterceptors(interceptor('a'), {
        preSend: () => {
          throw error;
        },
      });
      expect(() => channel.send(made(1))).toThrow(error);
      expect(log).toEqual(['a.preSend', 'a.after false refused']);
    });

    it('refuse it later by a rejection', async () => {
      channel.addInterceptors(interceptor('a'), {
        preSend: () => Promise.reject(new Error('refused')),
      });
      const { entered, completed } = pending(channel.send(made(1)));
      await expect(entered).rejects.toThrow('refused');
      await expect(completed).rejects.toThrow('refused');
      expect(log).toEqual(['a.preSend', 'a.after false refused']);
    });

    describe.each(['preSend', 'beforeHandle'])('whose %s', (hook) => {
      it.each([
        ['nothing at once', (): any => undefined],
        ['nothing later', (): any => Promise.resolve(undefined)],
        ['what looks like a message', (message: Message): any => ({ ...message })],
      ])('returns %s are told so by the log, the sender is not', async (_what, returns) => {
        const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
        channel.addInterceptors({ [hook]: returns });
        channel.subscribe(handler('h'));
        const send = async (): Promise<unknown> => pending(channel.send(made(1))).completed;
        await expect(send()).rejects.toMatchObject({
          message: 'A message was refused by a mistake of the server',
          code: 'STOMP_ERR_INTERCEPTOR',
          closeCode: 1011,
        });
        expect(log).toEqual([]);
        const text =
          `A channel interceptor failed (STOMP_ERR_INTERCEPTOR): ${hook} of Object must return the message, ` +
          'or another one that MessageBuilder made, or null to drop it';
        expect(error.mock.calls).toEqual([[text, undefined]]);
        error.mockRestore();
      });
    });

    it('that fail after the send disturb nobody', () => {
      const fail = (): never => {
        throw new Error('late');
      };
      channel.addInterceptors({ afterSendCompletion: fail, afterMessageHandled: fail });
      channel.subscribe(handler('h'));
      expect(channel.send(made(1))).toBe(true);
    });

    it.each(['postSend', 'afterSendCompletion', 'afterMessageHandled'] as const)(
      'whose %s rejects disturb nobody, and are logged',
      async (hook) => {
        const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
        channel.addInterceptors({ [hook]: () => Promise.reject(new Error('late')) });
        channel.subscribe(handler('h'));
        expect(channel.send(made(1))).toBe(true);
        await settle();
        const text = `${hook} of a channel interceptor failed: late`;
        expect(error.mock.calls).toEqual([[text, expect.stringContaining('spec')]]);
        error.mockRestore();
      },
    );

    it('hear of a subscriber that failed', () => {
      channel.addInterceptors(interceptor('a'));
      channel.subscribe(
        handler('h', () => {
          throw new Error('broken');
        }),
      );
      expect(() => channel.send(made(1))).toThrow('broken');
      expect(log.at(-1)).toBe('a.after true broken');
    });

    it('run once a subscriber around its handling', async () => {
      channel.addInterceptors({
        beforeHandle: (message, _channel, to) => {
          log.push(`before ${(to as any).name}`);
          return message;
        },
        afterMessageHandled: (_message, _channel, to) => void log.push(`after ${(to as any).name}`),
      });
      channel.subscribe({ ...handler('a'), name: 'a' } as any);
      channel.subscribe({ ...handler('b', () => Promise.resolve()), name: 'b' } as any);
      await pending(channel.send(made(1))).completed;
      expect(log).toEqual(['before a', 'a:1', 'after a', 'before b', 'b:1', 'after b']);
    });

    it.each([
      ['skips', (): any => null, ''],
      ['skips later', (): any => Promise.resolve(null), ''],
      [
        'throws',
        (): never => {
          throw new Error('no');
        },
        ' no',
      ],
      ['rejects', (): any => Promise.reject(new Error('no')), ' no'],
    ])(
      'that let a call pass, and only those, hear of its end when a later one %s',
      async (_how, beforeHandle, error) => {
        const told = (name: string, more: ChannelInterceptor = {}): ChannelInterceptor => ({
          afterMessageHandled: (_message, _channel, _handler, thrown) =>
            void log.push(`${name}.handled${thrown ? ` ${(thrown as Error).message}` : ''}`),
          ...more,
        });
        channel.addInterceptors(told('a'), told('b'), told('c', { beforeHandle }), told('d'));
        channel.subscribe(handler('h'));
        const send = async (): Promise<unknown> => pending(channel.send(made(1))).completed;
        await send().catch(() => undefined);
        expect(log).toEqual([`b.handled${error}`, `a.handled${error}`]);
      },
    );

    it('skip a subscriber by null, at once or later', async () => {
      let first = true;
      channel.addInterceptors({
        beforeHandle: (message) => {
          const skip = first;
          first = false;
          return skip ? null : Promise.resolve(message);
        },
      });
      channel.subscribe(handler('a'));
      channel.subscribe(handler('b'));
      await pending(channel.send(made(1))).entered;
      expect(log).toEqual(['b:1']);
    });
  });

  describe('order', () => {
    const byPayload = (delays: Record<string, number>): ChannelInterceptor => ({
      async preSend(message) {
        const delay = delays[String(message.payload)] ?? 0;
        if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
        return message;
      },
    });

    it('is that of sending although an interceptor takes longer for the first', async () => {
      channel.addInterceptors(byPayload({ slow: 15 }));
      channel.subscribe(handler('h'));
      const results = ['slow', 'fast', 'last'].map((payload) =>
        pending(channel.send(made(payload))),
      );
      await Promise.all(results.map((result) => result.completed));
      expect(log).toEqual(['h:slow', 'h:fast', 'h:last']);
    });

    it('goes on behind a message that was refused or dropped', async () => {
      channel.addInterceptors({
        preSend: async (message) => {
          await settle();
          if (message.payload === 'refused') throw new Error('refused');
          return message.payload === 'dropped' ? null : message;
        },
      });
      channel.subscribe(handler('h'));
      for (const payload of ['refused', 'dropped']) channel.send(made(payload));
      await pending(channel.send(made('sent'))).completed;
      expect(log).toEqual(['h:sent']);
    });

    it('is kept within a key only', async () => {
      const keyed = new PublishSubscribeChannel('keyed', (message) => String(message.payload)[0]);
      keyed.addInterceptors(byPayload({ a1: 15 }));
      keyed.subscribe(handler('h'));
      const results = ['a1', 'a2', 'b1'].map((payload) => pending(keyed.send(made(payload))));
      await Promise.all(results.map((result) => result.completed));
      expect(log).toEqual(['h:b1', 'h:a1', 'h:a2']);
    });

    it('leaves each sender its own asynchronous context', async () => {
      const storage = new AsyncLocalStorage<string>();
      channel.addInterceptors(byPayload({ first: 5 }));
      const seen: unknown[] = [];
      channel.subscribe({ handleMessage: () => void seen.push(storage.getStore()) });
      const send = (name: string): Promise<boolean> =>
        storage.run(name, () => pending(channel.send(made(name))).completed);
      await Promise.all([send('first'), send('second')]);
      expect(seen).toEqual(['first', 'second']);
    });
  });

  it('sendUnintercepted passes the interceptors by', () => {
    channel.addInterceptors({ preSend: () => null });
    channel.subscribe(handler('h'));
    expect(channel.sendUnintercepted(made(1))).toBe(true);
    expect(log).toEqual(['h:1']);
  });

  describe('messages$', () => {
    it('is hot and shows what the interceptors let pass', () => {
      channel.addInterceptors({ preSend: (message) => (message.payload === 2 ? null : message) });
      channel.send(made(0));
      const seen: unknown[] = [];
      const subscription = channel.messages$.subscribe((message) => seen.push(message.payload));
      for (const payload of [1, 2, 3]) channel.send(made(payload));
      subscription.unsubscribe();
      channel.send(made(4));
      expect(seen).toEqual([1, 3]);
    });

    it('survives observers that reject, behind operators too', async () => {
      const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
      const fail = (): any => Promise.reject(new Error('observer'));
      channel.messages$.subscribe(fail);
      channel.messages$.pipe(map((message) => message.payload)).subscribe({ next: fail });
      expect(channel.send(made(1))).toBe(true);
      await settle();
      expect(error.mock.calls.map(([text]) => text)).toEqual([
        'An observer of testChannel failed: observer',
        'An observer of testChannel failed: observer',
      ]);
      error.mockRestore();
    });

    it('survives observers that throw, behind operators too', async () => {
      const fail = (): never => {
        throw new Error('observer');
      };
      channel.messages$.subscribe(fail);
      channel.messages$.pipe(map((message) => message.payload)).subscribe({ next: fail });
      channel.messages$.pipe(map(fail)).subscribe();
      channel.subscribe(handler('h'));
      expect(channel.send(made(1))).toBe(true);
      expect(log).toEqual(['h:1']);
      await settle();
    });
  });
});
