import { Buffer } from 'node:buffer';
import {
  CompositeMessageConverter,
  Message,
  MessageHeaders,
  newHeaderFields,
  SimpMessageType,
} from '../../lib/message/index.js';

const headers = (): MessageHeaders => new MessageHeaders(newHeaderFields(SimpMessageType.MESSAGE));
const converted = (value: unknown): Message<Buffer> =>
  Message.ofConverted(CompositeMessageConverter.of().convertTo(value, headers()), headers());

describe('a message of a converted payload', () => {
  it.each([
    ['a text', 'Grüße 🙂', 'Grüße 🙂'],
    ['JSON', { price: '7 €' }, '{"price":"7 €"}'],
    ['an empty text', '', ''],
  ])('has the octets of %s in UTF-8, made once', (_what, value, text) => {
    const message = converted(value);
    expect(message.unreadText).toBe(text);
    expect(message.payload).toEqual(Buffer.from(text));
    expect(message.payload).toBe(message.payload);
  });

  it('has octets as they are', () => {
    const octets = Buffer.from([0, 255]);
    const message = converted(octets);
    expect(message.payload).toBe(octets);
    expect(message.unreadText).toBeUndefined();
  });

  it('is no text any more for anybody when somebody has the octets, and may change them', () => {
    const message = converted('seven');
    const other = message.withHeaders(headers());
    message.payload.write('S');
    expect(other.unreadText).toBeUndefined();
    expect(other.payload.toString()).toBe('Seven');
  });

  it('keeps its payload under other headers', () => {
    const others = headers();
    const message = converted({ a: 1 }).withHeaders(others);
    expect(message.headers).toBe(others);
    expect(message.unreadText).toBe('{"a":1}');
    expect(message.payload.toString()).toBe('{"a":1}');
  });
});

describe('hasOctets', () => {
  it.each([
    ['octets', new Message(Buffer.from('x'), headers()), true],
    ['a text that becomes octets', converted('x'), true],
    ['an object', new Message({ a: 1 }, headers()), false],
    ['a text', new Message('x', headers()), false],
    ['nothing', new Message(undefined, headers()), false],
  ])('of %s', (_what, message, has) => {
    expect((message as Message).hasOctets()).toBe(has);
  });
});
