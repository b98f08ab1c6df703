import { StompException } from '../../exception/index.js';
import type { StompFrame } from '../../frame/index.js';
import { NODE_HEADER, SimpMessageType, type Message } from '../../message/index.js';
import { headerOf } from './relay-frame.js';

// What user destinations are resolved to ends so; session ids are UUIDs.
const OF_A_SESSION = /-user([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/gi;
const WILDCARD = /[*>#]/;
// What ActiveMQ sends to every queue or topic that matches.
const TO_MANY = /(?:^|[./,])[*>](?:$|[./,])/;
const TOPIC = /^\/(?:topic|exchange)\//;

/**
 * Refuses what a broker would understand as somebody else's queue, though the destination does not say so: RabbitMQ's
 * `x-` headers name queues, and wildcards of ActiveMQ take messages out of queues and put messages into them.
 *
 * @throws StompException
 */
export function checkClientFrame({ headers: { fields, sessionId } }: Message): void {
  for (const [name, value] of fields.native)
    if (name.startsWith('x-') && namesOther(value, sessionId)) throw refused(`${name}:${value}`);
  const { destination = '', messageType } = fields;
  if (messageType === SimpMessageType.MESSAGE && TO_MANY.test(destination))
    throw refused(destination);
  if (messageType !== SimpMessageType.SUBSCRIBE || !WILDCARD.test(destination)) return;
  if (destination.includes(',') || !TOPIC.test(destination)) throw refused(destination);
}

/** Whether a client gets what the broker sends for a subscription: not what nodes tell each other, nor others' messages. */
export function mayReceive(frame: StompFrame, subscribed: string): boolean {
  if (headerOf(frame, NODE_HEADER) !== undefined) return false;
  const destination = headerOf(frame, 'destination') ?? '';
  if (!destination.includes('-user')) return true;
  const owners = destination.match(OF_A_SESSION) ?? [];
  return owners.every((owner) => subscribed.includes(owner));
}

function namesOther(value: string, sessionId: string | undefined): boolean {
  if (!value.includes('-user')) return false;
  return Array.from(value.matchAll(OF_A_SESSION)).some(([, id]) => id !== sessionId);
}

function refused(what: string): StompException {
  return new StompException(
    `${JSON.stringify(what)} is not open to clients: it may reach what belongs to other sessions`,
    { code: 'STOMP_ERR_RAW_USER_DESTINATION', closeCode: 1008 },
  );
}
