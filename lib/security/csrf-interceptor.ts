import { createHash, timingSafeEqual } from 'node:crypto';
import type { ChannelInterceptor } from '../channel/index.js';
import { isThenable } from '../exception/index.js';
import { SimpMessageType, type Message } from '../message/index.js';
import type { CsrfOptions } from './security-options.js';
import { InvalidCsrfTokenException } from './security.exception.js';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Interceptor of clientInboundChannel that refuses a CONNECT without the CSRF token of its session. */
export class CsrfInterceptor implements ChannelInterceptor {
  private readonly headerName: string;
  private readonly token: NonNullable<CsrfOptions['token']>;

  constructor({ headerName = 'X-CSRF-TOKEN', token }: CsrfOptions = {}) {
    this.headerName = headerName;
    this.token = token ?? (({ attributes }) => attributes.get('csrfToken') as string | undefined);
  }

  preSend(message: Message): Message | Promise<Message> {
    const { messageType, session } = message.headers.fields;
    if (messageType !== SimpMessageType.CONNECT || !session) return message;
    const expected = this.token(session);
    if (!isThenable(expected)) return this.compare(message, expected);
    return Promise.resolve(expected).then((later) => this.compare(message, later));
  }

  private compare(message: Message, expected: unknown): Message {
    const actual = this.headerOf(message);
    const isGiven = typeof expected === 'string' && expected !== '' && actual !== undefined;
    // In constant time, whatever the lengths are.
    if (isGiven && timingSafeEqual(digest(actual), digest(expected))) return message;
    throw new InvalidCsrfTokenException(this.headerName);
  }

  // Spring: named like the HTTP header, whose case does not count.
  private headerOf({ headers }: Message): string | undefined {
    const exact = headers.native.get(this.headerName);
    if (exact !== undefined) return exact;
    const wanted = this.headerName.toLowerCase();
    for (const [name, value] of headers.native) if (name.toLowerCase() === wanted) return value;
    return undefined;
  }
}
