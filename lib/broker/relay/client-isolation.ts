import { quoted, StompException } from '../../exception/index.js';
import type { StompFrame } from '../../frame/index.js';
import {
  CHOSEN_DESTINATION,
  NODE_HEADER,
  SimpMessageType,
  type HeaderFields,
  type Message,
} from '../../message/index.js';

/** Names the only session that may get a message: user destinations may be resolved to any name. */
export const TARGET_HEADER = 'stomp-target-session';

// What user destinations are resolved to ends so; session ids are UUIDs.
const OF_A_SESSION = /-user([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/gi;
const WILDCARD = /[*>#]/;
// What ActiveMQ sends to every queue or topic that matches.
const TO_MANY = /(?:^|[./,])[*>](?:$|[./,])/;
// Topics of ActiveMQ itself: it takes commands there, and tells who is connected, from where, and reads what.
const OF_ACTIVEMQ = '/topic/ActiveMQ.';
const ADVISORIES = '/topic/ActiveMQ.Advisory.';
const TOPIC = /^\/(?:topic|exchange)\//;
// Of RabbitMQ: the queue that a subscription to a topic reads, and where messages of a queue go next.
const NAMES_QUEUE = /^x-(?:queue-name$|dead-letter-)/i;
// What RabbitMQ makes a queue with; who names the queue without it is refused, and loses the connection.
const MAKES_QUEUE =
  /^(?:auto-delete$|durable$|exclusive$|x-(?:dead-letter-|delivery-limit|expires|max-|message-ttl|overflow|queue-|quorum-|single-active-))/;
/** What RabbitMQ takes when a frame says nothing. */
const USUAL: Readonly<Record<string, string>> = {
  'auto-delete': 'false',
  durable: 'true',
  exclusive: 'false',
};

export interface ClientFrameRules {
  /** Whether the broker takes a destination for what it says; ActiveMQ does not. */
  readonly isLiteral: boolean;
  /** Whether clients may name queues in headers, and choose with what queues that are no user's are made. */
  readonly allowQueueHeaders: boolean;
  /** Headers that are overwritten in frames for user destinations. */
  readonly overwritten: ReadonlySet<string>;
}

/**
 * Refuses what a broker would understand as somebody else's queue or topic, though the destination that rules are asked
 * about does not say so: RabbitMQ's `x-` headers name queues, wildcards of ActiveMQ take messages out of queues and put
 * messages into them, and it trims names, reads options behind `?` and several destinations between commas. So is what
 * makes a queue that the application cannot send to, which would lose it its connection.
 *
 * @throws StompException
 */
export function checkClientFrame(
  { headers: { fields, sessionId } }: Message,
  rules: ClientFrameRules,
): void {
  const { destination = '', messageType } = fields;
  for (const [name, value] of fields.native)
    if (name.startsWith('x-')) checkQueueHeader(name, value, sessionId, rules);
  const isSend = messageType === SimpMessageType.MESSAGE;
  if (!isSend && messageType !== SimpMessageType.SUBSCRIBE) return;
  const isBrokersOwn = destination.startsWith(OF_ACTIVEMQ);
  if (!rules.isLiteral && (isBrokersOwn || isReadOtherwise(destination)))
    throw refused(destination);
  if (isSend ? TO_MANY.test(destination) : isOutOfQueues(destination)) throw refused(destination);
  if (!TOPIC.test(destination)) checkQueueProperties(fields, rules);
}

/**
 * Refuses a message of the application whose destination holds what a client wrote, when ActiveMQ would read that
 * otherwise.
 *
 * @throws StompException
 */
export function checkChosenDestination({ headers: { fields } }: Message): void {
  if (fields.extra?.get(CHOSEN_DESTINATION) !== true) return;
  const { destination = '' } = fields;
  if (isReadOtherwise(destination) || TO_MANY.test(destination)) throw refused(destination);
}

/**
 * Whether a client gets what the broker sends for a subscription: not what nodes tell each other or the broker tells of its
 * clients, nor others' messages, nor what rules were not asked about.
 *
 * @param separator of the application's patterns: `/` or `.`
 */
export function mayReceive(
  { headers }: StompFrame,
  subscribed: string,
  separator: string,
  sessionId?: string,
): boolean {
  let destination: string | undefined;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i];
    if (name === 'destination') destination ??= headers[i + 1];
    else if (name === NODE_HEADER) return false;
    else if (name === TARGET_HEADER && headers[i + 1] !== sessionId) return false;
  }
  if (destination === undefined) return true;
  if (destination.startsWith(ADVISORIES)) return false;
  if (separator === '/' && crossesSegments(destination, subscribed)) return false;
  if (!destination.includes('-user')) return true;
  const owners = destination.match(OF_A_SESSION) ?? [];
  return owners.every((owner) => subscribed.includes(owner));
}

/** Whether a `*` stands for some `/` too, as at ActiveMQ; in rules it is one segment, and `>` and `#` are all that follow. */
function crossesSegments(destination: string, subscribed: string): boolean {
  const star = subscribed.indexOf('*');
  if (star < 0) return false;
  const rest = subscribed.search(/[>#]/);
  return (rest < 0 || star < rest) && slashesIn(destination) !== slashesIn(subscribed);
}

function slashesIn(text: string): number {
  return text.split('/').length - 1;
}

function checkQueueHeader(
  name: string,
  value: string,
  sessionId: string | undefined,
  { allowQueueHeaders }: ClientFrameRules,
): void {
  const isRefused = (!allowQueueHeaders && NAMES_QUEUE.test(name)) || namesOther(value, sessionId);
  if (isRefused) throw refused(`${name}:${value}`);
}

// The queue that a subscription to a topic reads is its own.
function checkQueueProperties(
  { native, origDestination }: HeaderFields,
  { allowQueueHeaders, overwritten }: ClientFrameRules,
): void {
  const isUsers = origDestination !== undefined;
  if (allowQueueHeaders && !isUsers) return;
  for (const [name, value] of native)
    if (MAKES_QUEUE.test(name) && USUAL[name] !== value && !(isUsers && overwritten.has(name)))
      throw new StompException(
        `${quoted(`${name}:${value}`)} is not open to clients: the broker would refuse the queue made with it to all who name it without, ` +
          'the application too. Leave it out' +
          (isUsers ? '' : ', or set allowQueueHeaders of the relay'),
        { code: 'STOMP_ERR_BROKER_REFUSED', closeCode: 1008 },
      );
}

function isOutOfQueues(destination: string): boolean {
  return WILDCARD.test(destination) && (destination.includes(',') || !TOPIC.test(destination));
}

function isReadOtherwise(destination: string): boolean {
  return /[?,]/.test(destination) || destination.split('/').some(isPadded);
}

// Java trims all control characters.
function isPadded(part: string): boolean {
  return part.charCodeAt(0) <= 32 || part.charCodeAt(part.length - 1) <= 32;
}

function namesOther(value: string, sessionId: string | undefined): boolean {
  if (!value.includes('-user')) return false;
  return Array.from(value.matchAll(OF_A_SESSION)).some(([, id]) => id !== sessionId);
}

function refused(what: string): StompException {
  return new StompException(
    `${quoted(what)} is not open to clients: it may reach what belongs to others`,
    { code: 'STOMP_ERR_RAW_USER_DESTINATION', closeCode: 1008 },
  );
}
