import { inspect } from 'node:util';
import {
  Message,
  MessageBuilder,
  MessageHeaders,
  NativeHeaders,
  newHeaderFields,
  Secret,
  SimpMessageHeaderAccessor,
  SimpMessageType,
  type SessionContext,
} from '../../lib/message/index.js';

const session = (): SessionContext =>
  ({
    id: 's1',
    attributes: new Map<string, unknown>([['k', 'v']]),
    user: { name: 'alice' },
  }) as unknown as SessionContext;

const headers = (): MessageHeaders => {
  const fields = newHeaderFields(SimpMessageType.MESSAGE, NativeHeaders.of({ foo: ['1', '2'] }));
  fields.session = session();
  fields.destination = '/topic/a';
  fields.contentType = 'text/plain';
  return new MessageHeaders(fields);
};

describe('MessageHeaders', () => {
  it('answer by the names that Spring uses', () => {
    expect(headers().get('simpDestination')).toBe('/topic/a');
    expect(headers().get('simpSessionId')).toBe('s1');
    expect(headers().get<Map<string, unknown>>('simpSessionAttributes')!.get('k')).toBe('v');
    expect(headers().get('simpUser')).toEqual({ name: 'alice' });
    expect(headers().get('contentType')).toBe('text/plain');
    expect(headers().has('simpSubscriptionId')).toBe(false);
  });

  it('do not answer by names of Object', () => {
    expect(headers().get('constructor')).toBeUndefined();
    expect(headers().has('toString')).toBe(false);
  });

  it('name those that have a value, native ones as lists', () => {
    expect(headers().keys()).toEqual(
      expect.arrayContaining(['simpMessageType', 'simpDestination', 'simpSessionId', 'simpUser']),
    );
    expect(headers().toObject()).toMatchObject({ nativeHeaders: { foo: ['1', '2'] } });
  });

  it('see a user of the session that is set later, and one of the message first', () => {
    const own = headers();
    own.session!.user = { name: 'bob' };
    expect(own.user).toEqual({ name: 'bob' });
    own.fields.user = { name: 'carol' };
    expect(own.user).toEqual({ name: 'carol' });
  });

  it('clones every field there is', () => {
    const fields = newHeaderFields(SimpMessageType.MESSAGE);
    const names = Object.keys(fields).filter((name) => name !== 'native' && name !== 'frozen');
    const set = Object.fromEntries(names.map((name) => [name, `of ${name}`]));
    Object.assign(fields, set, { extra: new Map([['k', 'v']]), frozen: true });
    const copy = new MessageHeaders(fields).clone().fields;
    expect(copy).toEqual({ ...fields, frozen: false });
    expect(Object.keys(copy)).toEqual(Object.keys(fields));
    expect(copy.extra).not.toBe(fields.extra);
  });

  it('share session and user with a copy, and nothing that can be changed', () => {
    const original = headers();
    SimpMessageHeaderAccessor.getAccessor(new Message('', original)).setHeader('own', 1);
    original.freeze();
    const copy = original.clone();
    const accessor = new SimpMessageHeaderAccessor(copy);
    accessor.setHeader('own', 2);
    accessor.setNativeHeader('foo', 'x');
    accessor.setDestination('/topic/b');
    expect([original.get('own'), original.native.get('foo'), original.destination]).toEqual([
      1,
      '1',
      '/topic/a',
    ]);
    expect(copy.session).toBe(original.session);
  });

  it('never print a passcode', () => {
    const own = headers();
    own.fields.passcode = new Secret('s3cret');
    expect(JSON.stringify(own)).not.toContain('s3cret');
    expect(inspect(own, { depth: 9 })).not.toContain('s3cret');
  });
});

describe('Secret', () => {
  it('shows its text only to who asks for it', () => {
    const secret = new Secret('s3cret');
    const shown = [
      String(secret),
      `${secret.toString()}`,
      JSON.stringify({ secret }),
      inspect(secret),
    ];
    expect(shown.join()).not.toContain('s3cret');
    expect(secret.reveal()).toBe('s3cret');
  });
});

describe('MessageBuilder', () => {
  it('builds a message with headers and native headers', () => {
    const built = MessageBuilder.withPayload('x')
      .setHeader('own', 1)
      .setHeader('simpDestination', '/topic/a')
      .setNativeHeader('foo', 'bar')
      .build();
    expect(built.payload).toBe('x');
    expect([built.headers.get('own'), built.headers.destination]).toEqual([1, '/topic/a']);
    expect(built.headers.native.get('foo')).toBe('bar');
  });

  it('starts from a message without changing it', () => {
    const original = new Message('x', headers());
    original.headers.freeze();
    const built = MessageBuilder.fromMessage(original).setHeader('simpDestination', '/b').build();
    expect([built.headers.destination, original.headers.destination]).toEqual(['/b', '/topic/a']);
  });

  it('goes on without changing what it built', () => {
    const builder = MessageBuilder.withPayload('x').setHeader('own', 1).setNativeHeader('foo', 'a');
    const first = builder.build();
    first.headers.freeze();
    const second = builder.setHeader('own', 2).setNativeHeader('foo', 'b').build();
    const shown = [first, second].map(({ headers: h }) => [h.get('own'), h.native.get('foo')]);
    expect(shown).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
  });

  it('takes headers as they are, without a copy', () => {
    const accessor = SimpMessageHeaderAccessor.create();
    const built = MessageBuilder.createMessage('x', accessor);
    accessor.setDestination('/later');
    expect(built.headers.destination).toBe('/later');
  });
});
