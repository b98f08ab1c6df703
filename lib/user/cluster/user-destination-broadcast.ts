import type { HandlingResult, PublishSubscribeChannel } from '../../channel/index.js';
import {
  Message,
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
  NODE_HEADER,
]);

export interface UserDestinationBroadcastOptions {
  readonly node: string;
  readonly destination: string;
  readonly channel: ClusterChannel;
  readonly brokerChannel: PublishSubscribeChannel;
  readonly registry: Pick<SimpUserRegistry, 'getSession'>;
}

/** Passes messages to users, or sessions of users, that are not here on to the other nodes. */
export class UserDestinationBroadcast {
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
    for (const [name, value] of fields.native) if (!NOT_COPIED.has(name)) headers[name] ??= value;
    if (fields.contentType !== undefined) headers['content-type'] = fields.contentType;
    headers[NODE_HEADER] = node;
    headers[DESTINATION_HEADER] = fields.destination!;
    if (fields.session === undefined && fields.sessionId !== undefined)
      headers[SESSION_HEADER] = fields.sessionId;
    channel.publish(destination, message.payload as Buffer, headers);
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
    fields.extra = new Map([[TOLD, true]]);
    for (const [name, value] of native)
      if (!NOT_COPIED.has(name) && name !== 'content-type') fields.native.add(name, value);
    this.options.brokerChannel.send(new Message(message.payload, new MessageHeaders(fields)));
  }
}
