import { Buffer } from 'node:buffer';
import { FrameBatch } from '../frame-batch.js';

export const OPEN_FRAME = 'o';
export const HEARTBEAT_FRAME = 'h';
/** SockJS 0.3.3, Protocol.test_simpleSession */
export const OTHER_CONNECTION_OPEN_FRAME = 'c[2010,"Another connection still open"]';

/** SockJS 0.3.3, JSON Unicode Encoding: what browsers would change on the way, beside what JSON escapes. */
const ESCAPED_BY_SERVER = /[\u200c-\u200f\u2028-\u202f\u2060-\u206f\ufff0-\uffff]/g;

export function closeFrame(code: number, reason: string): string {
  return `c[${code},${quoted(reason)}]`;
}

/** @param texts JSON strings */
export function messageFrame(texts: readonly string[]): string {
  return `a[${texts.join(',')}]`;
}

/** A text as a JSON string that arrives in every browser. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(ESCAPED_BY_SERVER, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** The text frames of a batch as JSON strings, made once. SockJS has no binary messages: such frames are left out. */
export function textsOf(batch: FrameBatch): readonly string[] {
  batch.texts ??= batch.frames
    .filter(({ binary }) => !binary)
    .map(({ octets }) => quoted(octets.toString()));
  return batch.texts;
}

/** The batch in one SockJS frame, made once; undefined when nothing of it can be sent. */
export function sockJsBatch(batch: FrameBatch): FrameBatch | undefined {
  const texts = textsOf(batch);
  if (texts.length === 0) return undefined;
  batch.sockJs ??= new FrameBatch([textFrame(messageFrame(texts))], batch.droppable);
  return batch.sockJs;
}

/** One SockJS frame as what leaves as a WebSocket message. */
export function textFrame(text: string): { octets: Buffer; binary: boolean } {
  return { octets: Buffer.from(text), binary: false };
}

/** The messages in what a client sent: undefined when it is not JSON, null when it is no list of strings. */
export function messagesIn(json: string): string[] | null | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed) || !parsed.every((one) => typeof one === 'string')) return null;
  return parsed;
}
