import { Injectable } from '@nestjs/common';
import {
  Message,
  MessageBuilder,
  MessageExceptionHandler,
  MessageMapping,
  SendTo,
  SendToUser,
  StompHeaderAccessor,
  SubscribeMapping,
  type HandlerMethodReturnValueHandler,
} from 'nestjs-stomp';
import { done, HandlerApp, newSession } from '../handler-app.js';

class Envelope {
  constructor(readonly content: string) {}
}

@Injectable()
class Replies {
  @MessageMapping('default') default(text: string) {
    return text;
  }
  @MessageMapping('one') @SendTo('/topic/one') one(text: string) {
    return text;
  }
  @MessageMapping('many') @SendTo('/topic/a', '/topic/b') many() {
    return 'x';
  }
  @MessageMapping('room/{room}/{id}')
  @SendTo(['/topic/{room}.{id}', '/queue/lit-{id}-end'])
  room() {
    return 'x';
  }
  @MessageMapping('missing/{x}') @SendTo('/topic/{y}') missing() {
    return 'x';
  }
  @MessageMapping('empty') @SendTo() empty() {
    return 'x';
  }
  @MessageMapping('both') @SendTo('/topic/both') @SendToUser('/queue/both') both() {
    return 'x';
  }
  @MessageMapping('user') @SendToUser('/queue/u', { broadcast: true }) user() {
    return 'x';
  }
  @MessageMapping('session') @SendToUser('/queue/u', { broadcast: false }) session() {
    return 'x';
  }
  @MessageMapping('user-default') @SendToUser({ broadcast: false }) userDefault() {
    return 'x';
  }
  @MessageMapping('nothing/{what}') nothing() {
    return undefined;
  }
  @MessageMapping('null') null() {
    return Promise.resolve(null);
  }
  @MessageMapping('blank') blank() {
    return '';
  }
  @MessageMapping('object') object() {
    return { a: 1 };
  }
  @MessageMapping('false') false() {
    return false;
  }
  @MessageMapping('octets') octets() {
    return new Uint8Array([1, 0]);
  }
  @MessageMapping('promise') async promise(text: string) {
    await Promise.resolve();
    return text;
  }
  @MessageMapping('message') message(): Message {
    return MessageBuilder.withPayload({ a: 1 })
      .setNativeHeader('x-kind', 'k')
      .setHeader('contentType', 'application/vnd.a+json')
      .build();
  }
  @MessageMapping('same') @SendTo('/topic/same') same(message: Message) {
    return message;
  }
  @MessageMapping('envelope') envelope() {
    return new Envelope('x');
  }
  @MessageMapping('unconvertible') @SendTo('/topic/x') unconvertible() {
    return 10n;
  }
  @SubscribeMapping('init/{id}') init() {
    return { hello: 1 };
  }
  @SubscribeMapping('topic') @SendTo('/topic/init') topic() {
    return 'x';
  }
  @SubscribeMapping('later') async later() {
    await Promise.resolve();
    return 'later';
  }
  @MessageExceptionHandler() failed(error: Error) {
    return `failed:${error.message}`;
  }
}

@Injectable()
@MessageMapping('cls')
@SendTo('/topic/cls')
class ClassLevel {
  @MessageMapping('a') a() {
    return 'a';
  }
  @MessageMapping('b') @SendTo('/topic/b') b() {
    return 'b';
  }
  @MessageMapping('c') @SendToUser('/queue/c') c() {
    return 'c';
  }
  @MessageMapping('d') @SendTo() d() {
    return 'd';
  }
  @SubscribeMapping('e') e() {
    return 'e';
  }
}

@Injectable()
class Inherited extends ClassLevel {}

describe('replies', () => {
  let app: HandlerApp;
  const handled: unknown[] = [];
  const envelopes: HandlerMethodReturnValueHandler = {
    supportsReturnValue: (value) => value instanceof Envelope,
    handleReturnValue: (value, handler) =>
      handled.push([(value as Envelope).content, handler.toString()]),
  };
  beforeEach(async () => {
    app = await HandlerApp.start(
      { providers: [Replies, ClassLevel] },
      { startupChecks: 'off', replyHeaders: ['correlation-id'], returnValueHandlers: [envelopes] },
    );
  });
  afterEach(() => app.close());

  const destinations = async (destination: string) =>
    (await app.exchange(destination, 'x')).map((reply) => reply.destination);

  it('go to /topic and the destination of the request, or where @SendTo says', async () => {
    expect(await destinations('/app/default')).toEqual(['/topic/default']);
    expect(await destinations('/app/empty')).toEqual(['/topic/empty']);
    expect(await destinations('/app/one')).toEqual(['/topic/one']);
    expect(await destinations('/app/many')).toEqual(['/topic/a', '/topic/b']);
  });

  it('fill destination variables', async () => {
    expect(await destinations('/app/room/red/7')).toEqual(['/topic/red.7', '/queue/lit-7-end']);
    expect(await app.ask('/app/missing/1')).toBe(
      "failed:'/topic/{y}' names the destination variable 'y', which the mapping does not have",
    );
  });

  it('go to the session of an anonymous sender by @SendToUser', async () => {
    const [reply] = await app.exchange('/app/user');
    expect(reply).toMatchObject({ destination: '/user/s1/queue/u', sessionId: 's1' });
  });

  it('go to all sessions of the user, or to that of the message', async () => {
    app.session = newSession('s2', { name: 'bob' });
    expect((await app.exchange('/app/user'))[0]).toMatchObject({
      destination: '/user/bob/queue/u',
      sessionId: undefined,
    });
    expect((await app.exchange('/app/session'))[0]).toMatchObject({
      destination: '/user/bob/queue/u',
      sessionId: 's2',
    });
    expect((await app.exchange('/app/user-default'))[0]).toMatchObject({
      destination: '/user/bob/queue/user-default',
      sessionId: 's2',
    });
  });

  it('go to users by another name where the principal has one', async () => {
    app.session = newSession('s2', { name: 'bob', destinationUserName: 'robert' });
    expect(await destinations('/app/user')).toEqual(['/user/robert/queue/u']);
  });

  it('go to the user first when both are declared', async () => {
    expect(await destinations('/app/both')).toEqual(['/user/s1/queue/both', '/topic/both']);
  });

  it('follow the class where the method names no destination', async () => {
    expect(await destinations('/app/cls/a')).toEqual(['/topic/cls']);
    expect(await destinations('/app/cls/b')).toEqual(['/topic/b']);
    expect(await destinations('/app/cls/c')).toEqual(['/user/s1/queue/c']);
    expect(await destinations('/app/cls/d')).toEqual(['/topic/cls']);
    app.subscribe('/app/cls/e');
    expect(app.replies.at(-1)).toMatchObject({
      channel: 'broker',
      destination: '/topic/cls',
      body: 'e',
    });
  });

  it('follow the class also for inherited methods', async () => {
    await app.close();
    app = await HandlerApp.start({ providers: [Inherited] });
    expect(await destinations('/app/cls/a')).toEqual(['/topic/cls']);
  });

  it('are nothing for undefined and null, but something for empty text and false', async () => {
    expect(await app.exchange('/app/nothing/x')).toEqual([]);
    expect(await app.exchange('/app/null')).toEqual([]);
    expect(await app.ask('/app/blank')).toBe('');
    expect(await app.ask('/app/false')).toBe(false);
  });

  it('have the content-type of what they are', async () => {
    const types = await Promise.all(
      ['default', 'object', 'octets'].map(
        async (one) => (await app.exchange(`/app/${one}`, 'x'))[0]!.contentType,
      ),
    );
    expect(types).toEqual([
      'text/plain;charset=UTF-8',
      'application/json',
      'application/octet-stream',
    ]);
  });

  it('are sent before a handler without promises returns, and awaited otherwise', async () => {
    expect(app.send('/app/default', 'x')).toBe(true);
    expect(app.bodies()).toEqual(['x']);
    const sent = app.send('/app/promise', 'later');
    expect(typeof sent).toBe('object');
    await done(sent);
    expect(app.bodies()).toEqual(['x', 'later']);
  });

  it('keep the headers of a returned Message, without those of its frame', async () => {
    const [reply] = await app.exchange('/app/message');
    expect(reply).toMatchObject({
      destination: '/topic/message',
      contentType: 'application/vnd.a+json',
      native: { 'x-kind': ['k'] },
      body: '{"a":1}',
    });
    const [same] = await app.exchange('/app/same', 'text', {
      receipt: 'r1',
      'x-a': ['1', '2'],
      'content-type': 'text/css',
    });
    expect(same).toMatchObject({
      destination: '/topic/same',
      body: 'text',
      contentType: 'text/css',
    });
    expect(same!.native).toEqual({ 'x-a': ['1', '2'] });
  });

  it('do not carry the headers of the request, except those named', async () => {
    const [reply] = await app.exchange('/app/one', 'x', { 'correlation-id': '7', 'x-other': '1' });
    expect(reply!.native).toEqual({ 'correlation-id': ['7'] });
    app.subscribe('/app/init/1', 'sub-1', { 'correlation-id': '8' });
    expect(app.replies.at(-1)!.native).toEqual({ 'correlation-id': ['8'] });
  });

  it('may be taken by an own return value handler', async () => {
    expect(await app.exchange('/app/envelope')).toEqual([]);
    expect(handled).toEqual([['x', 'Replies.envelope']]);
  });

  it('that cannot be converted go to the exception handlers', async () => {
    expect(await app.ask('/app/unconvertible')).toContain('failed:');
  });

  it('of @SubscribeMapping go to the subscription itself', async () => {
    app.subscribe('/app/init/5', 'sub-7');
    expect(app.replies).toEqual([
      expect.objectContaining({
        channel: 'outbound',
        destination: '/app/init/5',
        subscriptionId: 'sub-7',
        sessionId: 's1',
        contentType: 'application/json',
        body: { hello: 1 },
      }),
    ]);
    await done(app.subscribe('/app/later', 'sub-8'));
    expect(app.replies.at(-1)).toMatchObject({ subscriptionId: 'sub-8', body: 'later' });
  });

  it('of @SubscribeMapping with @SendTo go to the broker', () => {
    app.subscribe('/app/topic');
    expect(app.replies).toEqual([
      expect.objectContaining({ channel: 'broker', destination: '/topic/init' }),
    ]);
  });
});

it('of @SubscribeMapping pass the post-processors, those of the broker do not', async () => {
  const added = await HandlerApp.start(
    { providers: [Replies] },
    {
      directReplyPostProcessors: [
        (reply) => StompHeaderAccessor.getAccessor(reply).setNativeHeader('seen', 'once'),
        ({ headers }) => new Message(Buffer.from('"another"'), headers),
      ],
    },
  );
  added.subscribe('/app/init/5');
  added.send('/app/one', 'x');
  expect(added.replies).toMatchObject([
    { channel: 'outbound', native: { seen: ['once'] }, body: 'another' },
    { channel: 'broker', native: {}, body: 'x' },
  ]);
  await added.close();
});
