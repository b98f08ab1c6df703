import type { Subscription } from 'rxjs';
import { StompException } from '../../exception/index.js';
import { SimpMessageType, type Message } from '../../message/index.js';
import { endStream } from './end-stream.js';

/** The streams that handlers opened, by what ends them: a session, and for `@SubscribeMapping` a subscription of it. */
export class StreamRegistry {
  private readonly sessions = new Map<string, Map<Subscription, string | undefined>>();

  /** @param limit streams a session may have open at once */
  constructor(private readonly limit: number) {}

  /** Number of streams that are open. */
  get size(): number {
    let size = 0;
    for (const streams of this.sessions.values()) size += streams.size;
    return size;
  }

  /** @throws StompException (`STOMP_ERR_STREAM_LIMIT`) when the session of a message may open no more */
  checkLimit({ headers: { fields } }: Message): void {
    const session = fields.session?.id ?? fields.sessionId;
    const open = session === undefined ? 0 : (this.sessions.get(session)?.size ?? 0);
    if (open < this.limit) return;
    throw new StompException(`The session has ${this.limit} streams open, which is the limit`, {
      code: 'STOMP_ERR_STREAM_LIMIT',
      closeCode: 1008,
      retryable: true,
    });
  }

  /** Keeps a stream until it ends by itself; one of a message without session is not kept. @throws as `checkLimit` */
  add(stream: Subscription, message: Message): void {
    const { fields } = message.headers;
    const session = fields.session?.id ?? fields.sessionId;
    if (stream.closed || session === undefined) return;
    this.checkLimit(message);
    const isSubscription = fields.messageType === SimpMessageType.SUBSCRIBE;
    const streams = this.sessions.get(session) ?? new Map<Subscription, string | undefined>();
    this.sessions.set(session, streams);
    streams.set(stream, isSubscription ? subscriptionKey(fields) : undefined);
    stream.add(() => {
      streams.delete(stream);
      if (streams.size === 0 && this.sessions.get(session) === streams)
        this.sessions.delete(session);
    });
  }

  /** Ends the streams that an UNSUBSCRIBE or a DISCONNECT is about. */
  end({ headers: { fields } }: Message): void {
    const session = fields.session?.id ?? fields.sessionId;
    const streams = session === undefined ? undefined : this.sessions.get(session);
    if (!streams) return;
    const key =
      fields.messageType === SimpMessageType.UNSUBSCRIBE ? subscriptionKey(fields) : undefined;
    for (const [stream, subscription] of [...streams])
      if (key === undefined || subscription === key) endStream(stream);
  }

  endAll(): void {
    for (const streams of [...this.sessions.values()])
      for (const stream of [...streams.keys()]) endStream(stream);
  }
}

// STOMP 1.0 knows a subscription without an id by its destination.
function subscriptionKey(fields: Message['headers']['fields']): string {
  return fields.subscriptionId === undefined
    ? `destination:${fields.destination}`
    : `id:${fields.subscriptionId}`;
}
