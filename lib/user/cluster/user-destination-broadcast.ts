import { Logger } from '@nestjs/common';
import {
  Warnings,
  type HandlingResult,
  type PublishSubscribeChannel,
} from '../../channel/index.js';
import {
  CHOSEN_DESTINATION,
  meantSessionId,
  type Message,
  MessageHeaders,
  newHeaderFields,
  NODE_HEADER,
  SimpMessageType,
} from '../../message/index.js';
import type { SimpUserRegistry } from '../simp-user-registry.js';
import type { ClusterChannel } from './cluster-channel.js';

const DESTINATION_HEADER = 'stomp-user-destination';
/** The only session that the application means. */
const SESSION_HEADER = 'stomp-user-session';
/** Whether the destination holds what a client wrote. */
const CHOSEN_HEADER = 'stomp-user-destination-chosen';
/** Set on what came from another node: it is not told a second time. */
const TOLD = 'simpBroadcast';
const NOT_COPIED = new Set([
  'receipt',
  'subscription',
  'message-id',
  'content-length',
  'destination',
  DESTINATION_HEADER,
  SESSION_HEADER,
  CHOSEN_HEADER,
  NODE_HEADER,
]);

/**
 * What tells a broker how to treat a message, or what queue to make. On the connection of the application, which is not the
 * client's, it would count for all, and a mistake in it would cost all their connection.
 */
const FOR_BROKERS =
  /^(?:x-(?:dead-letter-|delivery-limit|expires|max-|message-ttl|overflow|priority|queue-|quorum-|single-active-|stream-)|jms|amq|transformation|(?:transaction|reply-to|persistent|priority|timestamp|expires|expiration|user-id|delivery-mode|durable|auto-delete|exclusive|b?cc)$)/i;

export interface UserDestinationBroadcastOptions {
  readonly node: string;
  readonly destination: string;
  readonly channel: ClusterChannel;
  readonly brokerChannel: PublishSubscribeChannel;
  readonly registry: Pick<SimpUserRegistry, 'getSession'>;
}

/** Passes messages to users, or sessions of users, that are not here on to the other nodes. */
export class UserDestinationBroadcast {
  private readonly warnings = new Warnings(new Logger('UserDestinationBroadcast'));
  private readonly leave: () => void;

  constructor(private readonly options: UserDestinationBroadcastOptions) {
    this.leave = options.channel.subscribe(options.destination, (message) => this.receive(message));
  }

  stop(): void {
    this.leave();
  }

  /** For a message whose user has no session here. */
  readonly unresolved = (message: Message): HandlingResult => {
    const { fields } = message.headers;
    if (fields.extra?.get(TOLD) === true) return;
    const { channel, destination, node } = this.options;
    const headers: Record<string, string> = {};
    const isClients = fields.session !== undefined;
    for (const [name, value] of fields.native)
      if (!NOT_COPIED.has(name) && !(isClients && FOR_BROKERS.test(name))) headers[name] ??= value;
    if (fields.contentType !== undefined) headers['content-type'] = fields.contentType;
    headers[NODE_HEADER] = node;
    headers[DESTINATION_HEADER] = fields.destination!;
    if (isClients || fields.extra?.get(CHOSEN_DESTINATION) === true)
      headers[CHOSEN_HEADER] = 'true';
    const meant = meantSessionId(fields);
    if (meant !== undefined) headers[SESSION_HEADER] = meant;
    return channel.publish(destination, message.payload as Buffer, headers, fields.confirm);
  };

  private receive(message: Message): void {
    const { native, contentType } = message.headers;
    const destination = native.get(DESTINATION_HEADER);
    const from = native.get(NODE_HEADER);
    if (destination === undefined || from === undefined || from === this.options.node) return;
    const sessionId = native.get(SESSION_HEADER);
    if (sessionId !== undefined && !this.options.registry.getSession(sessionId)) return;
    const fields = newHeaderFields(SimpMessageType.MESSAGE);
    fields.sessionId = sessionId;
    fields.destination = destination;
    fields.contentType = contentType;
    fields.extra = new Map([
      [TOLD, true],
      [CHOSEN_DESTINATION, native.has(CHOSEN_HEADER)],
    ]);
    for (const [name, value] of native)
      if (!NOT_COPIED.has(name) && name !== 'content-type') fields.native.add(name, value);
    this.pass(message.withHeaders(new MessageHeaders(fields)));
  }

  // Who sent it is on another node, and cannot be told.
  private pass(message: Message): void {
    try {
      const sent = this.options.brokerChannel.send(message);
      if (typeof sent === 'object')
        sent.completed.catch((error: unknown) => this.notSent(message, error));
    } catch (error) {
      this.notSent(message, error);
    }
  }

  private notSent({ headers: { destination } }: Message, error: unknown): void {
    this.warnings.warn(
      'not sent',
      () =>
        `A message of another node to ${JSON.stringify(destination)} was not sent: ${(error as Error).message}`,
    );
  }
}
