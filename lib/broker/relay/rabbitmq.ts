import { quoted } from '../../exception/index.js';
import type { StompFrame } from '../../frame/index.js';
import { BrokerRefusedException } from './relay.exceptions.js';
import { headerOf } from './relay-frame.js';

/** Headers by which RabbitMQ keeps no queue of a user whose session is over. */
export const RABBITMQ_USER_QUEUES = {
  'auto-delete': 'true',
  durable: 'false',
  exclusive: 'false',
  // RabbitMQ deletes by auto-delete only what had a reader: a user need not be subscribed to what they are sent.
  'x-expires': '60000',
};

/** The kinds of destinations, and how many names each has; what has no `/` is a queue. */
const DESTINATION =
  /^(?:[^/]+|\/(?:topic|queue|temp-queue|amq\/queue)\/[^/]+|\/exchange\/[^/]+(?:\/[^/]*)?|\/reply-queue\/.+)$/s;
/** Queues that RabbitMQ would have to make, but keeps for itself. */
const RESERVED = /^(?:\/queue\/)?(amq\..*)/s;
const TEMPORARY = /^\/temp-queue\//;
/** `/topic/` and the like with no name, or with more than one. */
const MISNAMED = /^\/(topic|queue)(?:\/?$|(\/[^/]*\/.*))/;

/** RabbitMQ waits no longer. */
const TEN_YEARS_MS = 315_360_000_000;

/** Whether RabbitMQ takes a value; `login` is the connection's. */
type Check = (value: string, login: string) => boolean;

const never: Check = () => false;
const isInteger: Check = (value) => /^\s*[+-]?\d+\s*$/.test(value);
const isDuration: Check = (value) => /^\+?\d+$/.test(value) && Number(value) <= TEN_YEARS_MS;
const isFrom =
  (least: number, most = Infinity): Check =>
  (value, login) =>
    isInteger(value, login) && Number(value) >= least && Number(value) <= most;
const isTrueOrFalse: Check = (value) => value === 'true' || value === 'false';
const isQueueType: Check = (value) => /^(?:classic|quorum|stream)$/.test(value);
const isReplyTo: Check = (value) => value === '' || DESTINATION.test(value);
const isLogin: Check = (value, login) => value === login;

/** Headers by which RabbitMQ ends the connection when it does not take their value. */
const HEADERS: ReadonlyMap<string, Check> = new Map([
  ['priority', isInteger],
  ['timestamp', isInteger],
  ['x-message-ttl', isInteger],
  ['x-expires', isInteger],
  ['x-max-length', isInteger],
  ['x-max-length-bytes', isInteger],
  ['x-max-priority', isInteger],
  ['expiration', isDuration],
  ['reply-to', isReplyTo],
  ['user-id', isLogin],
  ['CC', never],
  ['BCC', never],
  ['message-id', never],
  ['transaction', never],
]);

/** Those of a SEND to a queue, which RabbitMQ makes with them. */
const QUEUE_HEADERS: ReadonlyMap<string, Check> = new Map([
  ...HEADERS,
  ['x-message-ttl', isFrom(0, TEN_YEARS_MS)],
  ['x-expires', isFrom(1, TEN_YEARS_MS)],
  ['x-max-length', isFrom(0)],
  ['x-max-length-bytes', isFrom(0)],
  ['x-max-priority', isFrom(0, 255)],
  ['x-queue-type', isQueueType],
  ['durable', isTrueOrFalse],
  ['persistent', isTrueOrFalse],
]);

export function isRabbitMq(connected: StompFrame): boolean {
  return headerOf(connected, 'server')?.startsWith('RabbitMQ') ?? false;
}

/**
 * Refuses a SEND that RabbitMQ would answer with ERROR, and so with the end of the connection that carries it.
 *
 * @throws BrokerRefusedException
 */
export function checkRabbitMqSend(frame: StompFrame, login: string): void {
  const { headers } = frame;
  const destination = headerOf(frame, 'destination') ?? '';
  const checks = makesQueue(destination) ? QUEUE_HEADERS : HEADERS;
  checkDestination(destination);
  for (let i = 0; i < headers.length; i += 2) {
    const [name, value] = [headers[i]!, headers[i + 1]!];
    if (checks.get(name)?.(value, login) === false)
      throw new BrokerRefusedException(
        `RabbitMQ takes no header ${quoted(`${name}:${value}`)}`,
        `A SEND with such a '${name}' ends the connection that carries it`,
      );
  }
}

function makesQueue(destination: string): boolean {
  return !destination.startsWith('/topic/') && !destination.startsWith('/exchange/');
}

function checkDestination(destination: string): void {
  const isTaken =
    DESTINATION.test(destination) && !RESERVED.test(destination) && !TEMPORARY.test(destination);
  if (isTaken) return;
  throw new BrokerRefusedException(
    `RabbitMQ takes no destination ${quoted(destination)}`,
    reasonFor(destination),
  );
}

// In RabbitMQ's words.
function reasonFor(destination: string): string {
  const [, reserved] = RESERVED.exec(destination) ?? [];
  if (reserved !== undefined) return `queue name '${reserved}' contains reserved prefix 'amq.*'`;
  const [, kind, name = ''] = MISNAMED.exec(destination) ?? [];
  return kind === undefined
    ? `'${destination}' is not a valid destination`
    : `'${name}' is not a valid ${kind} destination`;
}
