import type { Message } from '../../message/index.js';

/** How the nodes of an application talk to each other: a topic of a broker that all of them reach, and no client. */
export interface ClusterChannel {
  publish(destination: string, body: Buffer, headers: Readonly<Record<string, string>>): void;
  /** Returns how to leave. */
  subscribe(destination: string, listener: (message: Message) => void): () => void;
  /** Whether what is published now is taken. */
  readonly available: boolean;
}
