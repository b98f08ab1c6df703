import { Buffer } from 'node:buffer';
import type { Heartbeat, StompCommand, StompFrame } from '../../frame/index.js';

const NO_BODY = Buffer.alloc(0);

/** The first value of a header. */
export function headerOf(frame: StompFrame, name: string): string | undefined {
  const { headers } = frame;
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) return headers[i + 1];
  return undefined;
}

/** What a frame says of heart-beats. Brokers are not held to what their header must look like: what is no number counts as 0. */
export function heartbeatOf(frame: StompFrame): Heartbeat {
  const [sends, wants] = headerOf(frame, 'heart-beat')?.split(',') ?? [];
  return [Number(sends) || 0, Number(wants) || 0];
}

/** A frame from headers by name; those without a value are left out. */
export function frameOf(
  command: StompCommand,
  headers: Readonly<Record<string, string | undefined>>,
  body = NO_BODY,
): StompFrame {
  const flat: string[] = [];
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) flat.push(name, value);
  return { command, headers: flat, body };
}

/**
 * Headers without some names, behind others that are set: a set one replaces all of its name. The first value of a header
 * counts, also where a broker takes two names for one.
 */
export function replaceHeaders(
  flat: readonly string[],
  left: ReadonlySet<string>,
  set: Readonly<Record<string, string | undefined>>,
): string[] {
  const headers: string[] = [];
  for (const [name, value] of Object.entries(set))
    if (value !== undefined) headers.push(name, value);
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]!;
    if (!left.has(name) && !Object.hasOwn(set, name)) headers.push(name, flat[i + 1]!);
  }
  return headers;
}
