import type { StompFrame } from '../../frame/index.js';
import { headerOf, heartbeatOf, replaceHeaders } from './relay-frame.js';

const NONE: ReadonlySet<string> = new Set();

/**
 * A client's CONNECT with heart-beats of the relay's own, or the client's where they are shorter: each side is beaten to and
 * watched for itself, so that a client that wants none does not hide that the broker is gone.
 */
export function withOwnHeartbeat(connect: StompFrame, own: readonly number[]): StompFrame {
  const times = heartbeatOf(connect).map((ms, i) => shorter(ms, own[i]!));
  return withHeartbeat(connect, times);
}

/** The broker's CONNECTED for the client: without heart-beats that it did not ask for. */
export function answerTo(connect: StompFrame, connected: StompFrame): StompFrame {
  if (headerOf(connected, 'heart-beat') === undefined) return connected;
  const [sends, wants] = heartbeatOf(connect);
  const [theySend, theyWant] = heartbeatOf(connected);
  return withHeartbeat(connected, [wants && theySend, sends && theyWant]);
}

function shorter(a: number, b: number): number {
  return a === 0 || b === 0 ? a + b : Math.min(a, b);
}

function withHeartbeat(frame: StompFrame, times: readonly number[]): StompFrame {
  return {
    ...frame,
    headers: replaceHeaders(frame.headers, NONE, { 'heart-beat': times.join() }),
  };
}
