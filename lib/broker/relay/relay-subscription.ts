import type { Delivery, Receiver } from '../../channel/index.js';
import { StompCommand, type StompFrame } from '../../frame/index.js';
import {
  Message,
  NativeHeaders,
  newHeaderFields,
  MessageHeaders,
  SimpMessageType,
  type SessionContext,
} from '../../message/index.js';
import { headerOf } from './relay-frame.js';

/** A client's subscription that a broker keeps. */
export class RelaySubscription implements Receiver {
  readonly receivers: readonly Receiver[] = [this];

  constructor(
    readonly session: SessionContext,
    readonly subscriptionId: string | undefined,
    /** As the broker knows it. */
    readonly destination: string,
    /** As the client knows it, for user destinations. */
    readonly origDestination: string | undefined,
  ) {}
}

/** What the broker calls a subscription. STOMP 1.0, SUBSCRIBE: without an id it is the only one of its destination. */
export function nameOf({
  subscriptionId,
  destination,
}: Partial<Pick<RelaySubscription, 'subscriptionId' | 'destination'>>): string {
  return subscriptionId ?? destination!;
}

/** A MESSAGE frame of the broker, for these receivers. */
export function deliveryOf(
  frame: StompFrame,
  receivers: readonly Receiver[],
  origDestination: string | undefined,
): Delivery {
  const fields = newHeaderFields(SimpMessageType.MESSAGE, new NativeHeaders(frame.headers));
  const redelivered = headerOf(frame, 'redelivered');
  if (redelivered === 'false') fields.extra = new Map([['redelivered', false]]);
  fields.command = StompCommand.MESSAGE;
  fields.destination = headerOf(frame, 'destination');
  fields.origDestination = origDestination;
  fields.contentType = headerOf(frame, 'content-type');
  return {
    message: new Message(frame.body, new MessageHeaders(fields)),
    messageId: headerOf(frame, 'message-id') ?? '',
    receivers,
    ack: headerOf(frame, 'ack'),
    redelivered: redelivered === 'true',
  };
}
