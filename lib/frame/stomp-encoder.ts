import { COMMANDS } from './command-traits.js';
import { escapeHeader, isWritableUnescaped } from './header-escaping.js';
import type { StompVersion } from './stomp-command.js';
import type { StompFrame } from './stomp-frame.js';

/** A heart-beat on the wire. */
export const HEARTBEAT: Buffer = Buffer.from('\n');

const EMPTY = Buffer.alloc(0);

/**
 * The octets of a frame, NUL included. SEND, MESSAGE and ERROR get the true content-length as their last header,
 * whatever the headers say; other commands get none and no body. What the version has no escape for is left out: headers
 * with line ends, or a colon in the name, in 1.0, CONNECT and CONNECTED; carriage returns in 1.1.
 */
export function encodeFrame(
  {
    command,
    headers,
    body,
  }: Readonly<Pick<StompFrame, 'command' | 'body'>> & {
    readonly headers: readonly string[];
  },
  version: StompVersion,
): Buffer {
  const { hasBody, isEscaped } = COMMANDS.get(command)!;
  const lines = `${command}\n${encodeHeaders(headers, isEscaped ? version : '1.0')}`;
  return hasBody
    ? join(`${lines}content-length:${body.length}\n\n`, body)
    : join(`${lines}\n`, EMPTY);
}

/**
 * The octets of a MESSAGE that are the same for all its receivers: everything behind `encodeMessagePrefix`. The headers
 * must not hold `subscription`, `ack` and `redelivered`.
 */
export function encodeMessageTail(
  headers: readonly string[],
  body: Buffer,
  version: StompVersion,
): Buffer {
  return join(`${encodeHeaders(headers, version)}content-length:${body.length}\n\n`, body);
}

/** The octets of a MESSAGE that differ by receiver; with `encodeMessageTail` behind them they are a frame. */
export function encodeMessagePrefix(
  subscriptionId: string | undefined,
  ack: string | undefined,
  redelivered: boolean,
  version: StompVersion,
): Buffer {
  const headers: string[] = [];
  if (subscriptionId !== undefined) headers.push('subscription', subscriptionId);
  if (ack !== undefined) headers.push('ack', ack);
  if (redelivered) headers.push('redelivered', 'true');
  return Buffer.from(`MESSAGE\n${encodeHeaders(headers, version)}`);
}

function encodeHeaders(headers: readonly string[], version: StompVersion): string {
  let lines = '';
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    const value = headers[i + 1]!;
    if (name === 'content-length') continue;
    if (version !== '1.0')
      lines += `${escapeHeader(name, version)}:${escapeHeader(value, version)}\n`;
    else if (isWritableUnescaped(name, value)) lines += `${name}:${value}\n`;
  }
  return lines;
}

/** Head, body and NUL in one buffer. */
function join(head: string, body: Buffer): Buffer {
  const headBytes = Buffer.byteLength(head);
  const octets = Buffer.allocUnsafe(headBytes + body.length + 1);
  octets.write(head, 0, headBytes, headBytes === head.length ? 'latin1' : 'utf8');
  body.copy(octets, headBytes);
  octets[octets.length - 1] = 0;
  return octets;
}
