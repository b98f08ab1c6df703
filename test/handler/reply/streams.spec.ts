import {
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
} from '@nestjs/common';
import { concat, map, NEVER, of, Subject, throwError, timer, Observable } from 'rxjs';
import {
  DestinationVariable,
  MessageExceptionHandler,
  MessageMapping,
  SubscribeMapping,
} from 'nestjs-stomp';
import { done, HandlerApp, newSession, settle } from '../handler-app.js';

const source = new Subject<number>();
const tripled = {
  intercept: (_: ExecutionContext, next: CallHandler) =>
    next.handle().pipe(map((n: number) => n * 3)),
};
const ended: string[] = [];
let gate: Promise<void>;
let openGate: () => void;
let wake: (() => void) | undefined;

@Injectable()
class Streams {
  @SubscribeMapping('live') live() {
    return source;
  }
  @SubscribeMapping('three') three() {
    return of(1, null, 2, 3);
  }
  @SubscribeMapping('tripled') @UseInterceptors(tripled) tripled() {
    return source;
  }
  @SubscribeMapping('promised') promised() {
    return Promise.resolve(source);
  }
  @SubscribeMapping('awaited') async awaited() {
    await gate;
    return source;
  }
  @SubscribeMapping('awaited-value') async awaitedValue() {
    await gate;
    return 'late';
  }
  @SubscribeMapping('awaited-tripled') @UseInterceptors(tripled) async awaitedTripled() {
    await gate;
    return source;
  }
  @MessageMapping('awaited-feed') async awaitedFeed() {
    await gate;
    return source;
  }
  @MessageMapping('awaited-news') async awaitedNews() {
    await gate;
    return 'news';
  }
  @SubscribeMapping('generated') async *generated() {
    try {
      yield 'a';
      await Promise.resolve();
      yield 'b';
      await new Promise<void>((resolve) => (wake = resolve));
      yield 'never seen';
    } finally {
      ended.push('generated');
    }
  }
  @MessageMapping('feed') feed() {
    return source;
  }
  @MessageMapping('fails') fails() {
    return concat(
      of(1),
      throwError(() => new Error('broken')),
    );
  }
  @MessageMapping('fails-later') failsLater(): Observable<number> {
    return timer(5).pipe(
      map(() => {
        throw new Error('later');
      }),
    );
  }
  @SubscribeMapping('bad-teardown/{ends}') badTeardown(@DestinationVariable('ends') ends: string) {
    return new Observable<string>((subscriber) => {
      subscriber.next('x');
      if (ends === 'now') setImmediate(() => subscriber.complete());
      return () => {
        throw new Error('teardown');
      };
    });
  }
  @SubscribeMapping('bad-generator') async *badGenerator() {
    try {
      yield 'x';
      await new Promise(() => undefined);
    } finally {
      await Promise.reject(new Error('finally'));
    }
  }
  @SubscribeMapping('literal/{kind}') literal(@DestinationVariable('kind') kind: string) {
    const values = [1, 2][Symbol.iterator]();
    return {
      iterable: {
        [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(values.next()) }),
      },
      observable: {
        lift: () => source,
        subscribe: (observer: object) => of(1, 2).subscribe(observer),
      },
      promise: { then: (resolve: (value: number[]) => void) => resolve([1, 2]) },
    }[kind];
  }
  @SubscribeMapping('literal-tripled') @UseInterceptors(tripled) literalTripled() {
    return { then: (resolve: (value: number) => void) => resolve(2) };
  }
  @MessageMapping('silent') silent() {
    return NEVER;
  }
  @MessageExceptionHandler() failed(error: Error) {
    return `failed:${error.message}`;
  }
}

describe('streams', () => {
  let app: HandlerApp;
  beforeEach(async () => {
    app = await HandlerApp.start({ providers: [Streams] });
    ended.length = 0;
    gate = new Promise((resolve) => (openGate = resolve));
  });
  afterEach(() => app.close());

  it('send each value, and nothing for null', () => {
    expect(app.subscribe('/app/three', 'sub-1')).toBe(true);
    expect(app.bodies()).toEqual([1, 2, 3]);
    expect(app.handler.streamCount).toBe(0);
  });

  it('of @SubscribeMapping end with UNSUBSCRIBE of that subscription', () => {
    app.subscribe('/app/live', 'sub-1');
    app.subscribe('/app/live', 'sub-2');
    source.next(1);
    app.unsubscribe('/app/live', 'sub-1');
    source.next(2);
    expect(app.replies.map(({ subscriptionId, body }) => [subscriptionId, body])).toEqual([
      ['sub-1', 1],
      ['sub-2', 1],
      ['sub-2', 2],
    ]);
    expect(app.handler.streamCount).toBe(1);
  });

  it('end with their session, and with no other', () => {
    app.subscribe('/app/live', 'sub-1');
    app.send('/app/feed');
    const first = app.session;
    app.session = newSession('s2');
    app.subscribe('/app/live', 'sub-1');
    expect(app.handler.streamCount).toBe(3);
    app.session = first;
    app.disconnect();
    expect(app.handler.streamCount).toBe(1);
    source.next(5);
    expect(app.replies.map(({ sessionId }) => sessionId)).toEqual(['s2']);
  });

  it.each(['awaited', 'awaited-value', 'awaited-tripled'])(
    'of @SubscribeMapping do not begin when the subscription of %s ended meanwhile',
    async (name) => {
      const sent = app.subscribe(`/app/${name}`, 'sub-1');
      app.unsubscribe(`/app/${name}`, 'sub-1');
      app.subscribe('/app/three', 'sub-1');
      app.replies.length = 0;
      openGate();
      await done(sent);
      expect(source.observed).toBe(false);
      source.next(1);
      expect([app.replies, app.handler.streamCount]).toEqual([[], 0]);
    },
  );

  it.each([
    ['awaited', 2],
    ['awaited-tripled', 6],
  ])(
    'of @SubscribeMapping begin when %s is there, as long as its subscription is',
    async (name, shown) => {
      const sent = app.subscribe(`/app/${name}`, 'sub-1');
      app.unsubscribe('/app/other', 'sub-2');
      openGate();
      await done(sent);
      expect(app.handler.streamCount).toBe(1);
      source.next(2);
      expect(app.bodies()).toEqual([shown]);
    },
  );

  it('do not begin when their session ended meanwhile; a single value is sent to its topic all the same', async () => {
    const sent = [app.send('/app/awaited-feed'), app.send('/app/awaited-news')];
    app.disconnect();
    openGate();
    for (const one of sent) await done(one);
    expect(source.observed).toBe(false);
    expect(app.replies).toMatchObject([{ destination: '/topic/awaited-news', body: 'news' }]);
  });

  it('of @MessageMapping outlive an UNSUBSCRIBE', () => {
    app.send('/app/feed');
    app.unsubscribe('/app/feed', 'sub-0');
    source.next(4);
    expect(app.replies).toEqual([expect.objectContaining({ destination: '/topic/feed', body: 4 })]);
  });

  it('pass interceptors value by value, and are complete when subscribed', async () => {
    await done(app.subscribe('/app/tripled', 'sub-1'));
    source.next(1);
    source.next(2);
    expect(app.bodies()).toEqual([3, 6]);
    app.unsubscribe('/app/tripled', 'sub-1');
    expect(source.observed).toBe(false);
  });

  it('may come in a promise', async () => {
    await done(app.subscribe('/app/promised', 'sub-1'));
    source.next(9);
    expect(app.bodies()).toEqual([9]);
  });

  it.each([
    ['iterable', [1, 2]],
    ['observable', [1, 2]],
    ['promise', [[1, 2]]],
  ])('may be an object literal that is what they are: %s', async (kind, bodies) => {
    app.subscribe(`/app/literal/${kind}`, 'sub-1');
    await settle();
    expect(app.bodies()).toEqual(bodies);
    await done(app.subscribe('/app/literal-tripled', 'sub-2'));
    expect(app.bodies().at(-1)).toBe(6);
  });

  it('of async generators end at once with the subscription', async () => {
    app.subscribe('/app/generated', 'sub-1');
    await settle();
    expect(app.bodies()).toEqual(['a', 'b']);
    app.unsubscribe('/app/generated', 'sub-1');
    expect(app.handler.streamCount).toBe(0);
    wake?.();
    await settle();
    expect(ended).toEqual(['generated']);
    expect(app.bodies()).toEqual(['a', 'b']);
  });

  it('that fail go to the exception handlers', async () => {
    await done(app.send('/app/fails'));
    expect(app.bodies()).toEqual([1, 'failed:broken']);
    app.send('/app/fails-later');
    await new Promise<void>((resolve) => app.broker.messages$.subscribe(() => resolve()));
    expect(app.bodies().at(-1)).toBe('failed:later');
    expect(app.handler.streamCount).toBe(0);
  });

  it('whose own clean-up fails hurt nobody', async () => {
    app.subscribe('/app/bad-teardown/later', 'sub-1');
    app.subscribe('/app/bad-generator', 'sub-2');
    app.subscribe('/app/bad-teardown/now', 'sub-3');
    await settle();
    expect(app.handler.streamCount).toBe(2);
    expect(app.unsubscribe('/app/bad-teardown/later', 'sub-1')).toBe(true);
    expect(app.unsubscribe('/app/bad-generator', 'sub-2')).toBe(true);
    await settle();
    expect(app.handler.streamCount).toBe(0);
  });

  it('of a session are bounded', async () => {
    await app.close();
    app = await HandlerApp.start({ providers: [Streams] }, { maxStreamsPerSession: 2 });
    app.subscribe('/app/live', 'sub-1');
    app.send('/app/feed');
    const refused = 'failed:The session has 2 streams open, which is the limit';
    expect(await app.ask('/app/silent')).toBe(refused);
    await done(app.subscribe('/app/tripled', 'sub-2'));
    expect(app.bodies().at(-1)).toBe(refused);
    expect(app.handler.streamCount).toBe(2);
    app.session = newSession('s2');
    expect(app.subscribe('/app/live', 'sub-1')).toBe(true);
    expect(app.handler.streamCount).toBe(3);
  });

  it('all end when the application stops', () => {
    app.subscribe('/app/live', 'sub-1');
    app.send('/app/silent');
    app.handler.stop();
    expect(app.handler.streamCount).toBe(0);
    expect(source.observed).toBe(false);
  });
});
