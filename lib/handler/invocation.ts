import type { Message } from '../message/index.js';
import type { HostInstance } from './handler-host.js';
import type { HandlerMethod } from './handler-method.js';

/** What a message is handled as. */
export interface InvocationRoute {
  /** The destination without the application prefix. */
  readonly lookup: string;
  /** The pattern that matched, as declared. */
  readonly pattern: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** What went wrong, and where. */
export interface Failure {
  readonly exception: unknown;
  readonly handler: HandlerMethod;
}

/** One message on its way through its handler. */
export class Invocation {
  /** Whether the handler has been called, or will never be. */
  entered = false;
  /** Whether the handler returned a stream, that may go on for long. */
  streaming = false;
  /** Whether interceptors are bound, which make every result an Observable. */
  intercepted = false;
  /** The object made for this message. */
  host: HostInstance | undefined = undefined;
  /** `performance.now()`; undefined when the call is not timed. */
  beganAt: number | undefined = undefined;
  /** What the handler failed with. */
  error: unknown = undefined;
  /** Whether the session of the message, or its subscription, ended before the handler had: nobody wants the outcome. */
  isOver = false;
  onStreaming: (() => void) | undefined = undefined;
  private onEntered: (() => void) | undefined = undefined;

  constructor(
    readonly message: Message,
    readonly handler: HandlerMethod,
    readonly route: InvocationRoute,
    /** What an exception handler is called for. */
    readonly failure: Failure | undefined,
  ) {}

  markEntered(): void {
    this.entered = true;
    this.onEntered?.();
  }

  markStreaming(): void {
    this.streaming = true;
    this.onStreaming?.();
  }

  /** Settles, always well, when the handler has been entered or the whole thing is over. */
  enteredOr(completed: Promise<unknown>): Promise<unknown> {
    return new Promise<void>((resolve) => {
      this.onEntered = resolve;
      completed.then(
        () => resolve(),
        () => resolve(),
      );
    });
  }
}
