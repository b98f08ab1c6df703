import { Buffer } from 'node:buffer';
import { quoted, StompException } from '../exception/index.js';
import { COMMANDS } from './command-traits.js';
import { escapeHeader, isPlain, isWritable, SPECIAL } from './header-escaping.js';
import { takeOctets } from './octet-slab.js';
import type { StompCommand, StompVersion } from './stomp-command.js';
import type { StompFrame } from './stomp-frame.js';

/** A heart-beat on the wire. */
export const HEARTBEAT: Buffer = Buffer.from('\n');

const LF = 0x0a;
const COLON = 0x3a;
const CONTENT_LENGTH = Buffer.from('content-length:');

/** What a header for a broker may not have; in CONNECT as in 1.0, but for backslashes. */
const MISTAKABLE: Readonly<Record<StompVersion, string>> = {
  '1.0': 'no NUL, line end or backslash, and no colon in its name',
  '1.1': 'no NUL or carriage return',
  '1.2': 'no NUL',
};

/** What no STOMP knows is written as it is said. */
const UNKNOWN = { hasBody: true, isEscaped: true };

/** A frame to be written; its headers are not changed. */
export type OutgoingFrame = Readonly<Pick<StompFrame, 'command' | 'body'>> & {
  readonly headers: readonly string[];
};

/**
 * The octets of a frame, NUL included. SEND, MESSAGE and ERROR get the true content-length as their last header,
 * whatever the headers say; other commands get none and no body. Headers that the version cannot write are left out:
 * those with line ends, or a colon in the name, in 1.0, CONNECT and CONNECTED; those with carriage returns in 1.1.
 */
export function encodeFrame(
  { command, headers, body }: OutgoingFrame,
  version: StompVersion,
): Buffer {
  const { hasBody, isEscaped } = COMMANDS.get(command) ?? UNKNOWN;
  return encode(command, headers, hasBody ? body : undefined, isEscaped ? version : '1.0');
}

/**
 * What `encodeFrame` gives, for a broker: nothing is left out, because it has to read what was checked here.
 *
 * @throws StompException (`STOMP_ERR_HEADER_UNWRITABLE`) for a header that a broker may read otherwise
 */
export function encodeWholeFrame(
  { command, headers, body }: OutgoingFrame,
  version: StompVersion,
): Buffer {
  const { hasBody, isEscaped } = COMMANDS.get(command) ?? UNKNOWN;
  const lines = isEscaped ? wholeHeaderLines : wholeConnectLines;
  return encode(command, headers, hasBody ? body : undefined, isEscaped ? version : '1.0', lines);
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
  return encode(undefined, headers, body, version);
}

/**
 * What `encodeMessageTail` gives as text, one character an octet: made, and written, faster than octets when it is short.
 *
 * @param body one character an octet
 */
export function messageTailText(
  headers: readonly string[],
  body: string,
  version: StompVersion,
): string {
  let lines = '';
  let arePlain = true;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (name === 'content-length') continue;
    const value = headers[i + 1]!;
    arePlain &&= isPlain(name) && isPlain(value);
    lines += `${name}:${value}\n`;
  }
  if (!arePlain) lines = Buffer.from(headerLines(headers, version)).toString('latin1');
  return `${lines}content-length:${body.length}\n\n${body}\0`;
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
  return Buffer.from(`MESSAGE\n${headerLines(headers, version)}`);
}

/** What `encodeMessagePrefix` gives for a plain delivery as text, one character an octet. */
export function messagePrefixText(
  subscriptionId: string | undefined,
  version: StompVersion,
): string {
  if (subscriptionId === undefined) return 'MESSAGE\n';
  if (isPlain(subscriptionId)) return `MESSAGE\nsubscription:${subscriptionId}\n`;
  return encodeMessagePrefix(subscriptionId, undefined, false, version).toString('latin1');
}

/** @param command undefined behind a prefix; @param body undefined where a frame has none, and no content-length */
function encode(
  command: StompCommand | undefined,
  headers: readonly string[],
  body: Buffer | undefined,
  version: StompVersion,
  lines = headerLines,
): Buffer {
  return (
    encodePlain(command, headers, body) ??
    encodeAny((command ? `${command}\n` : '') + lines(headers, version), body)
  );
}

/**
 * Writes a frame octet by octet, which is the fastest way as long as there is nothing to escape and nothing but ASCII in
 * the headers; undefined otherwise.
 */
function encodePlain(
  command: StompCommand | undefined,
  headers: readonly string[],
  body: Buffer | undefined,
): Buffer | undefined {
  const contentLength = body === undefined ? '' : String(body.length);
  let length = command ? command.length + 3 : 2;
  if (body) length += CONTENT_LENGTH.length + contentLength.length + 1 + body.length;
  for (let i = 0; i < headers.length; i += 2)
    if (headers[i] !== 'content-length') length += headers[i]!.length + headers[i + 1]!.length + 2;
  const octets = takeOctets(length);
  let at = command ? writePlain(octets, 0, command, LF) : 0;
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === 'content-length') continue;
    at = writePlain(octets, at, headers[i]!, COLON);
    if (at > 0) at = writePlain(octets, at, headers[i + 1]!, LF);
    if (at < 0) return undefined;
  }
  if (body) {
    octets.set(CONTENT_LENGTH, at);
    at = writePlain(octets, at + CONTENT_LENGTH.length, contentLength, LF);
    octets.set(body, at + 1);
  }
  octets[at] = LF;
  octets[length - 1] = 0;
  return octets;
}

/** Writes a text and the octet behind it, and returns the next place; -1 when the text is not plain. */
function writePlain(octets: Buffer, at: number, text: string, end: number): number {
  let special = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    special |= SPECIAL[code & 0x7f]! | (code >> 7);
    octets[at + i] = code;
  }
  if (special !== 0) return -1;
  octets[at + text.length] = end;
  return at + text.length + 1;
}

/** @param head command and headers, escaped */
function encodeAny(head: string, body: Buffer | undefined): Buffer {
  if (body === undefined) return Buffer.from(`${head}\n\0`);
  const headOctets = Buffer.from(`${head}content-length:${body.length}\n\n`);
  const octets = takeOctets(headOctets.length + body.length + 1);
  octets.set(headOctets);
  octets.set(body, headOctets.length);
  octets[octets.length - 1] = 0;
  return octets;
}

function headerLines(headers: readonly string[], version: StompVersion): string {
  let lines = '';
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    const value = headers[i + 1]!;
    if (name === 'content-length' || !isWritable(name, value, version)) continue;
    lines +=
      version === '1.0' ? `${name}:${value}\n` : `${escapeHeader(name)}:${escapeHeader(value)}\n`;
  }
  return lines;
}

// RabbitMQ and ActiveMQ undo escapes in 1.0 too.
function wholeHeaderLines(headers: readonly string[], version: StompVersion): string {
  if (version === '1.0') checkWritable(headers, version, /[\0\\]/);
  return wholeConnectLines(headers, version);
}

function wholeConnectLines(headers: readonly string[], version: StompVersion): string {
  checkWritable(headers, version, /\0/);
  return headerLines(headers, version);
}

/** @param mistakable what of a header a broker may read otherwise, though the version could write it */
function checkWritable(
  headers: readonly string[],
  version: StompVersion,
  mistakable: RegExp,
): void {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    const value = headers[i + 1]!;
    if (isWritable(name, value, version) && !mistakable.test(name) && !mistakable.test(value))
      continue;
    throw new StompException(
      `A broker might read the header ${quoted(name)} otherwise: in STOMP ${version} it may have ${MISTAKABLE[version]}`,
      { code: 'STOMP_ERR_HEADER_UNWRITABLE' },
    );
  }
}
