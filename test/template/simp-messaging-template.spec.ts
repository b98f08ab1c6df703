import { Logger } from '@nestjs/common';
import { jest } from '@jest/globals';
import {
  MessageDeliveryException,
  PublishSubscribeChannel,
  type HandlingResult,
} from '../../lib/channel/index.js';
import { StompException } from '../../lib/exception/index.js';
import {
  type Message,
  MessageBuilder,
  MessageConversionException,
  SimpMessageHeaderAccessor,
  SimpMessageType,
} from '../../lib/message/index.js';
import { SimpMessagingTemplate } from '../../lib/template/index.js';

let channel: PublishSubscribeChannel;
let template: SimpMessagingTemplate;
let received: Message<Buffer>[];
let handle: (message: Message) => HandlingResult;

beforeEach(() => {
  received = [];
  handle = () => undefined;
  channel = new PublishSubscribeChannel('brokerChannel', () => 'all');
  channel.subscribe({
    handleMessage: (message) => {
      received.push(message as Message<Buffer>);
      return handle(message);
    },
  });
  template = new SimpMessagingTemplate({ channel });
});

afterEach(() => jest.restoreAllMocks());

const last = (): Message<Buffer> => received.at(-1)!;

describe('convertAndSend', () => {
  it('takes the headers of an accessor as they are', () => {
    const accessor = SimpMessageHeaderAccessor.create();
    accessor.addNativeHeader('priority', '9');
    accessor.addNativeHeader('priority', '1');
    accessor.setContentType('text/csv');
    accessor.setSessionId('s1');
    template.convertAndSendToUser('ann', '/queue/x', 'a,b', accessor.getMessageHeaders());
    expect(last().headers.native.getAll('priority')).toEqual(['9', '1']);
    expect(last().headers.contentType).toBe('text/csv');
    expect(last().headers.sessionId).toBe('s1');
    expect(last().headers.destination).toBe('/user/ann/queue/x');
  });

  it.each<[unknown, string]>([
    [{ priority: '9' }, 'A message has no option "priority": STOMP headers go into { headers: {'],
    [{ sessionId: 's1', type: 'x' }, 'A message has no option "type"'],
    [new Map([['priority', '9']]), '"options" must be an object like { headers: { priority: 9 } }'],
    ['text/csv', '"options" must be an object'],
    [null, '"options" must be an object'],
  ])('refuses the options %p, which would be left out', (options, text) => {
    const refused = expect.objectContaining({
      code: 'STOMP_ERR_OPTION',
      message: expect.stringContaining(text),
    });
    expect(() => template.convertAndSend('/topic/x', 1, options as object)).toThrow(refused);
    expect(() => template.convertAndSendToUser('a', '/queue', 1, options as object)).toThrow(
      refused,
    );
    expect(received).toEqual([]);
  });

  it('sends a converted payload to a destination', () => {
    template.convertAndSend('/topic/x', { a: 1 });
    expect(last().payload.toString()).toBe('{"a":1}');
    expect(last().headers.messageType).toBe(SimpMessageType.MESSAGE);
    expect(last().headers.destination).toBe('/topic/x');
    expect(last().headers.contentType).toBe('application/json');
    expect(last().headers.sessionId).toBeUndefined();
  });

  it('has sent in order when it returns', () => {
    for (const text of ['a', 'b', 'c']) template.convertAndSend('/topic/x', text);
    expect(received.map((one) => one.payload.toString())).toEqual(['a', 'b', 'c']);
  });

  it('turns a header map into STOMP headers', () => {
    template.convertAndSend('/topic/x', 'x', {
      headers: { 'x-text': 'a:b\nc\\d', 'x-number': 42, 'x-list': ['1', 2], 'x-none': undefined },
    });
    expect([...last().headers.native]).toEqual([
      ['x-text', 'a:b\nc\\d'],
      ['x-number', '42'],
      ['x-list', '1'],
      ['x-list', '2'],
    ]);
  });

  it.each(['contentType', 'content-type'])('takes the content-type from header %s', (name) => {
    template.convertAndSend('/topic/x', '<p>', { headers: { [name]: 'text/html' } });
    expect(last().headers.contentType).toBe('text/html');
    expect(last().headers.native.size).toBe(0);
  });

  it('chooses the converter by the content-type asked for', () => {
    template.convertAndSend('/topic/x', 'x', { contentType: 'application/json' });
    expect(last().payload.toString()).toBe('"x"');
  });

  it('names the session of a message', () => {
    template.convertAndSend('/topic/x', 'x', { sessionId: 's1' });
    expect(last().headers.sessionId).toBe('s1');
  });

  it('throws when nothing can convert the payload', () => {
    expect(() => template.convertAndSend('/topic/x', undefined)).toThrow(
      MessageConversionException,
    );
    expect(received).toEqual([]);
  });
});

describe('a post-processor', () => {
  it('changes the message after its conversion', () => {
    template.convertAndSend('/topic/x', 'x', {
      postProcessor: (message) =>
        SimpMessageHeaderAccessor.getAccessor(message).setNativeHeader(
          'len',
          `${message.payload.length}`,
        ),
    });
    expect(last().headers.native.get('len')).toBe('1');
  });

  it('may return another message, which still goes to the destination', () => {
    template.convertAndSend('/topic/x', 'x', {
      postProcessor: () =>
        MessageBuilder.withPayload(Buffer.from('y')).setHeader('simpDestination', '/other').build(),
    });
    expect(last().payload.toString()).toBe('y');
    expect(last().headers.destination).toBe('/topic/x');
  });
});

describe('the default destination', () => {
  it('takes what names no other', () => {
    const quiet = template.with({ defaultDestination: '/topic/default' });
    quiet.convertAndSendToDefault('a', { headers: { k: 'v' } });
    quiet.send(MessageBuilder.withPayload(Buffer.from('b')).build());
    expect(received.map((one) => one.headers.destination)).toEqual([
      '/topic/default',
      '/topic/default',
    ]);
  });

  it('is asked for in clear words', () => {
    expect(() => template.convertAndSendToDefault('a')).toThrow(
      "No 'defaultDestination' configured",
    );
  });
});

describe('send', () => {
  it('sends a message to its own destination', () => {
    template.send(
      MessageBuilder.withPayload(Buffer.from('b'))
        .setHeader('simpDestination', '/topic/own')
        .build(),
    );
    expect(last().headers.destination).toBe('/topic/own');
  });

  it('sends an immutable message elsewhere without touching it', () => {
    template.convertAndSend('/topic/x', 'x', { headers: { k: 'v' } });
    const first = last();
    template.send('/topic/y', first);
    expect(first.headers.destination).toBe('/topic/x');
    expect(last().headers.destination).toBe('/topic/y');
    expect(last().headers.native.get('k')).toBe('v');
  });

  it('sends any message as one to be published', () => {
    const subscribe = SimpMessageHeaderAccessor.create(SimpMessageType.SUBSCRIBE);
    subscribe.setSubscriptionId('1');
    template.send('/topic/y', MessageBuilder.createMessage(Buffer.from('x'), subscribe));
    expect(last().headers.messageType).toBe(SimpMessageType.MESSAGE);
    expect(last().headers.subscriptionId).toBeUndefined();
  });

  it('converts a payload that is not octets', () => {
    template.send('/topic/x', MessageBuilder.withPayload({ a: 1 }).build());
    expect(last().payload).toEqual(Buffer.from('{"a":1}'));
    expect(last().headers.contentType).toBe('application/json');
  });
});

describe('convertAndSendToUser', () => {
  it('addresses the user destination', () => {
    template.convertAndSendToUser('ann', '/queue/x', 'hi');
    template.convertAndSendToUser('ann', 'queue/x', 'hi', { sessionId: 's1' });
    expect(received.map((one) => one.headers.destination)).toEqual(
      Array(2).fill('/user/ann/queue/x'),
    );
    expect(last().headers.sessionId).toBe('s1');
  });

  it('escapes a slash in the user name and nothing else', () => {
    template.convertAndSendToUser('a/b+c d%é', '/queue/x', 'hi');
    expect(last().headers.destination).toBe('/user/a%2Fb+c d%é/queue/x');
  });

  it.each([undefined, ''])('refuses the destination %j, which nobody would get', (destination) => {
    const text = `A message needs a destination, which is a text that is not empty, not ${JSON.stringify(destination)}`;
    expect(() => template.convertAndSend(destination!, 'hi')).toThrow(text);
    expect(() => template.convertAndSendToUser('bob', destination!, 'hi')).toThrow(text);
    expect(received).toEqual([]);
  });

  it.each([undefined, 42])('refuses the user %j', (user) => {
    const send = (): void => template.convertAndSendToUser(user as unknown as string, '/x', 'hi');
    expect(send).toThrow(`A user name must be a text, not ${user}`);
  });

  it('refuses a user name that holds the escape, and an empty one', () => {
    expect(() => template.convertAndSendToUser('a%2Fb', '/queue/x', 'hi')).toThrow(
      'Invalid sequence "%2F" in user name: "a%2Fb"',
    );
    expect(() => template.convertAndSendToUser('', '/queue/x', 'hi')).toThrow(StompException);
    expect(received).toEqual([]);
  });

  it('takes a principal by its destination name', () => {
    template.convertAndSendToUser({ name: 'Ann', destinationUserName: 'ann-7' }, '/queue/x', 'hi');
    expect(last().headers.destination).toBe('/user/ann-7/queue/x');
  });

  it('uses the configured prefix', () => {
    template
      .with({ userDestinationPrefix: '/people' })
      .convertAndSendToUser('ann', '/queue/x', 'hi');
    expect(last().headers.destination).toBe('/people/ann/queue/x');
  });
});

describe('when a message is not sent', () => {
  it('throws what a broker throws', () => {
    const away = new MessageDeliveryException('Broker not available', { retryable: true });
    handle = () => {
      throw away;
    };
    expect(() => template.convertAndSend('/topic/x', 'x')).toThrow(away);
  });

  it('wraps what an interceptor throws', () => {
    channel.addInterceptors({
      preSend: () => {
        throw new Error('no');
      },
    });
    expect(() => template.convertAndSend('/topic/x', 'x')).toThrow(MessageDeliveryException);
    expect(() => template.convertAndSend('/topic/x', 'x')).toThrow(
      "Failed to send message to destination '/topic/x': no",
    );
  });

  it('throws when an interceptor drops the message', () => {
    channel.addInterceptors({ preSend: () => null });
    expect(() => template.convertAndSend('/topic/x', 'x')).toThrow(
      "Failed to send message to destination '/topic/x': an interceptor of brokerChannel dropped it",
    );
  });

  it('logs what fails later', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
    handle = () => Promise.reject(new Error('lost'));
    template.convertAndSend('/topic/x', 'x');
    await new Promise(setImmediate);
    expect(error).toHaveBeenCalledWith("Failed to send message to destination '/topic/x': lost");
  });
});

describe('the asynchronous methods', () => {
  it('settle when the broker is done', async () => {
    let done = (): void => undefined;
    handle = () => new Promise<void>((resolve) => (done = resolve));
    let settled = false;
    const sent = template.convertAndSendAsync('/topic/x', 'x').then(() => (settled = true));
    await new Promise(setImmediate);
    expect(settled).toBe(false);
    done();
    await sent;
  });

  it('reject instead of throwing', async () => {
    handle = () => Promise.reject(new Error('lost'));
    const all = [
      template.convertAndSendAsync('/topic/x', 'x'),
      template.convertAndSendToUserAsync('ann', '/queue/x', 'x'),
      template.sendAsync('/topic/x', MessageBuilder.withPayload('x').build()),
    ];
    for (const one of all) await expect(one).rejects.toThrow(MessageDeliveryException);
    await expect(template.convertAndSendAsync('/topic/x', null)).rejects.toThrow(
      MessageConversionException,
    );
    await expect(template.convertAndSendToDefaultAsync('x')).rejects.toThrow('defaultDestination');
  });

  it('wait for asynchronous interceptors', async () => {
    channel.addInterceptors({ preSend: (message) => Promise.resolve(message) });
    await template.convertAndSendAsync('/topic/x', 'x');
    expect(received).toHaveLength(1);
    channel.addInterceptors({ preSend: () => Promise.resolve(null) });
    await expect(template.convertAndSendAsync('/topic/x', 'x')).rejects.toThrow('dropped it');
  });

  it('give up after the send timeout', async () => {
    handle = () => new Promise(() => undefined);
    const hasty = template.with({ sendTimeout: 5 });
    await expect(hasty.convertAndSendAsync('/topic/x', 'x')).rejects.toMatchObject({
      message: "Failed to send message to destination '/topic/x' within timeout: 5",
      retryable: true,
    });
  });
});

it('checks payloads against a map of destinations when compiled', () => {
  interface Destinations {
    '/topic/price.{symbol}': { price: number };
    '/user/queue/errors': string;
  }
  const typed = template as unknown as SimpMessagingTemplate<Destinations>;
  typed.convertAndSend('/topic/price.MMM', { price: 1 });
  typed.convertAndSendToUser('ann', '/queue/errors', 'bad');
  // @ts-expect-error: a price is an object
  typed.convertAndSend('/topic/price.MMM', 1);
  // @ts-expect-error: no such destination
  typed.convertAndSend('/topic/other', 1);
  // @ts-expect-error: errors are texts
  typed.convertAndSendToUser('ann', '/queue/errors', 1);
  expect(received).toHaveLength(5);
});

describe('send without types', () => {
  it.each<[string, ...unknown[]]>([
    ['STOMP_ERR_NO_MESSAGE'],
    ['STOMP_ERR_NO_MESSAGE', null],
    ['STOMP_ERR_NO_MESSAGE', {}],
    ['STOMP_ERR_NO_MESSAGE', '/topic/x'],
    ['STOMP_ERR_NO_MESSAGE', '/topic/x', 'text'],
    ['STOMP_ERR_NO_DESTINATION', undefined, MessageBuilder.withPayload(Buffer.alloc(0)).build()],
  ])('is refused with %s', async (code, ...given) => {
    const untyped = template as unknown as Record<'send' | 'sendAsync', (...args: any[]) => any>;
    expect(() => untyped.send(...given)).toThrow(expect.objectContaining({ code }));
    await expect(untyped.sendAsync(...given)).rejects.toMatchObject({ code });
    expect(received).toEqual([]);
  });
});
