import type { Subscription } from 'rxjs';
import { StompException } from '../../exception/index.js';
import { SimpMessageType, type Message } from '../../message/index.js';
import type { Invocation } from '../invocation.js';
import { endStream } from './end-stream.js';

/**
 * The streams that handlers opened, and the calls that may open one yet, by what ends them: a session, and for
 * `@SubscribeMapping` a subscription of it.
 */
export class StreamRegistry {
  private readonly sessions = new Map<string, Map<Subscription, string | undefined>>();
  private readonly calls = new Map<string, Set<Invocation>>();

  /** @param limit streams a session may have open at once */
  constructor(private readonly limit: number) {}

  /** Number of streams that are open. */
  get size(): number {
    let size = 0;
    for (const streams of this.sessions.values()) size += streams.size;
    return size;
  }

  /** Watches over a call until it is complete: it is told when what it was made for ends before. */
  watch(invocation: Invocation, completed: PromiseLike<unknown>): void {
    const session = sessionOf(invocation.message);
    if (session === undefined) return;
    const calls = this.calls.get(session) ?? new Set<Invocation>();
    this.calls.set(session, calls.add(invocation));
    const forget = (): void => {
      calls.delete(invocation);
      if (calls.size === 0 && this.calls.get(session) === calls) this.calls.delete(session);
    };
    completed.then(forget, forget);
  }

  /** @throws StompException (`STOMP_ERR_STREAM_LIMIT`) when the session of a message may open no more */
  checkLimit(message: Message): void {
    const session = sessionOf(message);
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
    const session = sessionOf(message);
    if (stream.closed || session === undefined) return;
    this.checkLimit(message);
    const streams = this.sessions.get(session) ?? new Map<Subscription, string | undefined>();
    this.sessions.set(session, streams);
    streams.set(stream, keyOf(message));
    stream.add(() => {
      streams.delete(stream);
      if (streams.size === 0 && this.sessions.get(session) === streams)
        this.sessions.delete(session);
    });
  }

  /** Ends the streams that an UNSUBSCRIBE or a DISCONNECT is about, and forgets the calls, which may never complete. */
  end(message: Message): void {
    const session = sessionOf(message);
    if (session === undefined) return;
    const key = keyOf(message);
    this.abandonCalls(session, key);
    for (const [stream, subscription] of [...(this.sessions.get(session) ?? [])])
      if (key === undefined || subscription === key) endStream(stream);
  }

  private abandonCalls(session: string, key: string | undefined): void {
    const calls = this.calls.get(session);
    if (!calls) return;
    for (const call of calls) {
      if (key !== undefined && keyOf(call.message) !== key) continue;
      call.isOver = true;
      calls.delete(call);
    }
    if (calls.size === 0) this.calls.delete(session);
  }

  endAll(): void {
    for (const streams of [...this.sessions.values()])
      for (const stream of [...streams.keys()]) endStream(stream);
  }
}

function sessionOf({ headers: { fields } }: Message): string | undefined {
  return fields.session?.id ?? fields.sessionId;
}

/** The subscription that a SUBSCRIBE or UNSUBSCRIBE is about; STOMP 1.0 knows one without an id by its destination. */
function keyOf({ headers: { fields } }: Message): string | undefined {
  const { messageType } = fields;
  if (messageType !== SimpMessageType.SUBSCRIBE && messageType !== SimpMessageType.UNSUBSCRIBE)
    return undefined;
  return fields.subscriptionId === undefined
    ? `destination:${fields.destination}`
    : `id:${fields.subscriptionId}`;
}
