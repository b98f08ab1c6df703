import type { HandlingResult } from '../../channel/index.js';
import type { Message } from '../../message/index.js';

/** How the nodes of an application talk to each other: a topic of a broker that all of them reach, and no client. */
export interface ClusterChannel {
  /** With `confirm` it answers when the broker has the message; without, what fails later is logged and nothing is answered. */
  publish(
    destination: string,
    body: Buffer,
    headers: Readonly<Record<string, string>>,
    confirm?: boolean,
  ): HandlingResult;
  /** Returns how to leave. */
  subscribe(destination: string, listener: (message: Message) => void): () => void;
  /** Whether what is published now is taken. */
  readonly available: boolean;
}
