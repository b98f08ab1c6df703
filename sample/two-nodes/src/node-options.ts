/** Injection token of `NodeOptions`. */
export const NODE_OPTIONS = Symbol('node options');

/** What is different from node to node; all else is the same code. */
export interface NodeOptions {
  /** Shown on the page and beside what is said through this node. */
  readonly name: string;
  /** Where RabbitMQ takes STOMP on this machine. */
  readonly brokerPort: number;
  /** Address of the other node, for a link on the page. */
  readonly otherUrl?: string;
  /** After how many milliseconds the other node forgets the users of this one when it has crashed. @default 20000 */
  readonly forgetAfterMs?: number;
}
