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

/** `/topic/` and the like with no name, or with more than one. */
const INVALID = /^\/(topic|queue)(?:\/?$|(\/[^/]*\/.*))/;

export function isRabbitMq(connected: StompFrame): boolean {
  return headerOf(connected, 'server')?.startsWith('RabbitMQ') ?? false;
}

/**
 * Refuses what RabbitMQ would answer with ERROR, and so with the end of the connection that carries it.
 *
 * @throws BrokerRefusedException
 */
export function checkRabbitMqDestination(destination: string): void {
  const [, kind, name = ''] = INVALID.exec(destination) ?? [];
  if (kind === undefined) return;
  throw new BrokerRefusedException(
    `RabbitMQ takes no destination ${JSON.stringify(destination)}`,
    `'${name}' is not a valid ${kind} destination`,
  );
}
