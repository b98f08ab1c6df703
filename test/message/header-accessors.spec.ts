import { StompCommand, StompFrameException } from '../../lib/frame/index.js';
import {
  destinationUserName,
  Message,
  messageTypeOf,
  Secret,
  SimpMessageHeaderAccessor,
  SimpMessageType,
  StompHeaderAccessor,
  type SessionContext,
} from '../../lib/message/index.js';

const over = <A extends SimpMessageHeaderAccessor>(accessor: A): Message =>
  new Message('', accessor.getMessageHeaders());

describe('SimpMessageHeaderAccessor', () => {
  it('changes the message it was got from, while its headers may be changed', () => {
    const message = over(SimpMessageHeaderAccessor.create());
    const accessor = SimpMessageHeaderAccessor.getAccessor(message);
    accessor.setDestination('/topic/a');
    accessor.setSubscriptionId('1');
    accessor.setContentType('text/plain');
    expect(message.headers).toMatchObject({
      destination: '/topic/a',
      subscriptionId: '1',
      contentType: 'text/plain',
    });
  });

  it('refuses every change once the headers are immutable', () => {
    const accessor = SimpMessageHeaderAccessor.create();
    accessor.setImmutable();
    expect(accessor.isMutable()).toBe(false);
    for (const change of [
      () => accessor.setDestination('/x'),
      () => accessor.setHeader('x', 1),
      () => accessor.removeHeader('x'),
      () => accessor.setHeader('simpDestination', '/x'),
      () => accessor.setNativeHeader('x', '1'),
      () => accessor.addNativeHeader('x', '1'),
      () => accessor.removeNativeHeader('x'),
      () => accessor.setUser(undefined),
    ])
      expect(change).toThrow(expect.objectContaining({ code: 'STOMP_ERR_HEADERS_IMMUTABLE' }));
  });

  it('wraps a message in a copy that can be changed', () => {
    const message = over(SimpMessageHeaderAccessor.create());
    message.headers.freeze();
    const accessor = SimpMessageHeaderAccessor.wrap(message);
    accessor.setDestination('/topic/b');
    expect([accessor.getDestination(), message.headers.destination]).toEqual([
      '/topic/b',
      undefined,
    ]);
  });

  it('sets the user of the whole session on CONNECT, and of one message on others', () => {
    const session = {
      id: 's',
      attributes: new Map(),
      user: undefined,
    } as unknown as SessionContext;
    const connect = SimpMessageHeaderAccessor.create(SimpMessageType.CONNECT);
    const send = SimpMessageHeaderAccessor.create();
    for (const accessor of [connect, send]) accessor.getMessageHeaders().fields.session = session;
    connect.setUser({ name: 'alice' });
    send.setUser({ name: 'bob' });
    expect(session.user).toEqual({ name: 'alice' });
    expect(send.getUser()).toEqual({ name: 'bob' });
  });

  it("sets and removes headers by Spring's names", () => {
    const accessor = SimpMessageHeaderAccessor.create();
    accessor.setHeader('simpSessionId', 's');
    accessor.setHeader('contentType', 'a/b');
    accessor.setHeader('own', 1);
    expect([accessor.getSessionId(), accessor.getContentType(), accessor.getHeader('own')]).toEqual(
      ['s', 'a/b', 1],
    );
    accessor.removeHeader('contentType');
    accessor.removeHeader('own');
    expect([accessor.getContentType(), accessor.getHeader('own')]).toEqual([undefined, undefined]);
  });

  it.each([
    'simpMessageType',
    'simpOrigDestination',
    'simpSessionAttributes',
    'stompCommand',
    'stompCredentials',
    'nativeHeaders',
  ])('refuses to set or remove %s, which could not be read back', (name) => {
    const accessor = SimpMessageHeaderAccessor.create();
    const refusal = expect.objectContaining({
      code: 'STOMP_ERR_HEADERS_IMMUTABLE',
      message: expect.stringContaining(`The header ${name} cannot be set: simpDestination, `),
    });
    expect(() => accessor.setHeader(name, 'x')).toThrow(refusal);
    expect(() => accessor.removeHeader(name)).toThrow(refusal);
  });

  it('reads and changes native headers', () => {
    const accessor = SimpMessageHeaderAccessor.create();
    accessor.addNativeHeader('foo', '1');
    accessor.addNativeHeader('foo', '2');
    expect(accessor.getNativeHeader('foo')).toEqual(['1', '2']);
    expect(accessor.getFirstNativeHeader('foo')).toBe('1');
    accessor.removeNativeHeader('foo');
    expect(accessor.getNativeHeaders().size).toBe(0);
  });
});

describe('StompHeaderAccessor', () => {
  it.each([
    [StompCommand.CONNECT, SimpMessageType.CONNECT],
    [StompCommand.STOMP, SimpMessageType.CONNECT],
    [StompCommand.CONNECTED, SimpMessageType.CONNECT_ACK],
    [StompCommand.SEND, SimpMessageType.MESSAGE],
    [StompCommand.MESSAGE, SimpMessageType.MESSAGE],
    [StompCommand.SUBSCRIBE, SimpMessageType.SUBSCRIBE],
    [StompCommand.UNSUBSCRIBE, SimpMessageType.UNSUBSCRIBE],
    [StompCommand.DISCONNECT, SimpMessageType.DISCONNECT],
    [StompCommand.ACK, SimpMessageType.OTHER],
    [StompCommand.BEGIN, SimpMessageType.OTHER],
    [StompCommand.ERROR, SimpMessageType.OTHER],
  ])('%s makes a message of type %s', (command, type) => {
    expect(messageTypeOf(command)).toBe(type);
    expect(StompHeaderAccessor.create(command).getMessageType()).toBe(type);
  });

  it('reads the headers of STOMP', () => {
    const accessor = StompHeaderAccessor.create(StompCommand.CONNECT);
    const { fields } = accessor.getMessageHeaders();
    for (const [name, value] of [
      ['accept-version', '1.2'],
      ['host', 'h'],
      ['login', 'alice'],
      ['heart-beat', '1000,2000'],
      ['receipt', 'r'],
      ['content-length', '5'],
    ])
      fields.native.add(name!, value!);
    fields.passcode = new Secret('s3cret');
    expect(accessor.getAcceptVersion()).toBe('1.2');
    expect(accessor.getHost()).toBe('h');
    expect(accessor.getLogin()).toBe('alice');
    expect(accessor.getPasscode()).toBe('s3cret');
    expect(accessor.getHeartbeat()).toEqual([1000, 2000]);
    expect(accessor.getReceipt()).toBe('r');
    expect(accessor.getContentLength()).toBe(5);
  });

  it('reads heart-beats as CONNECT is judged', () => {
    const heartbeatOf = (header: string): unknown => {
      const accessor = StompHeaderAccessor.create(StompCommand.CONNECT);
      accessor.getMessageHeaders().fields.native.add('heart-beat', header);
      return accessor.getHeartbeat();
    };
    expect(heartbeatOf('5000')).toEqual([0, 0]);
    expect(() => heartbeatOf('soon,often')).toThrow(StompFrameException);
  });

  it('has no heart-beat and no content-length without the headers', () => {
    const accessor = StompHeaderAccessor.create();
    expect(accessor.getHeartbeat()).toEqual([0, 0]);
    expect(accessor.getContentLength()).toBeUndefined();
    expect(accessor.getPasscode()).toBeUndefined();
  });

  it('sets the text of an ERROR', () => {
    const accessor = StompHeaderAccessor.create(StompCommand.ERROR);
    accessor.setMessage('why');
    expect(accessor.getMessage()).toBe('why');
  });
});

describe('destinationUserName', () => {
  it('is the name, unless the principal has another one for destinations', () => {
    expect(destinationUserName({ name: 'alice' })).toBe('alice');
    expect(destinationUserName({ name: 'alice', destinationUserName: 'a-1' })).toBe('a-1');
  });
});
