import { Buffer } from 'node:buffer';
import { quoted } from '../../exception/index.js';
import { escapeHeader, type StompFrame } from '../../frame/index.js';
import { BrokerRefusedException } from './relay.exceptions.js';

/** Beyond these ActiveMQ answers with ERROR, and ends the connection. */
const MAX_LINE_BYTES = 10_240;
const MAX_HEADERS = 1000;
/** Headers that a frame gets when it is written: content-length and receipt. */
const WRITTEN_HEADERS = 2;

/** Whether so many headers are more than ActiveMQ takes. */
export function areTooMany(headers: number): boolean {
  return headers + WRITTEN_HEADERS > MAX_HEADERS;
}

/** Whether a header is longer than ActiveMQ takes. */
export function isLongLine(name: string, value: string): boolean {
  // No character takes more than three octets.
  if (3 * (name.length + value.length) < MAX_LINE_BYTES) return false;
  return Buffer.byteLength(`${escapeHeader(name)}:${escapeHeader(value)}`) > MAX_LINE_BYTES;
}

/**
 * Refuses a SEND that ActiveMQ would answer with ERROR, and so with the end of the connection that carries it.
 *
 * @throws BrokerRefusedException
 */
export function checkActiveMqSend({ headers }: StompFrame): void {
  if (areTooMany(headers.length / 2))
    throw refused(`${headers.length / 2} headers`, `with more than ${MAX_HEADERS} headers`);
  for (let i = 0; i < headers.length; i += 2)
    if (isLongLine(headers[i]!, headers[i + 1]!))
      throw refused(
        `header ${quoted(headers[i])} of this length`,
        `with a header line of more than ${MAX_LINE_BYTES} bytes`,
      );
}

function refused(what: string, limit: string): BrokerRefusedException {
  return new BrokerRefusedException(
    `The broker takes no ${what}: put data into the body`,
    `ActiveMQ ends the connection that carries a SEND ${limit}`,
  );
}
