import type { Message } from '../message/index.js';

/** Where what is meant for one session can be sent at once. */
export interface SessionDestination {
  /** What the user destination stands for. */
  readonly destination: string;
  /** To be sent with, so that the message is the one that the user destination would have led to. */
  readonly options: {
    readonly sessionId: string;
    readonly postProcessor: (message: Message) => void;
  };
}
