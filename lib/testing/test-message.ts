import type { StompFrame } from '../frame/index.js';

/**
 * A frame as tests look at it.
 *
 * @publicApi
 */
export class TestMessage {
  /** The first value of each header. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;

  /** @internal */
  constructor(readonly frame: StompFrame) {
    const headers: Record<string, string> = Object.create(null);
    for (let i = 0; i < frame.headers.length; i += 2)
      headers[frame.headers[i]!] ??= frame.headers[i + 1]!;
    this.headers = headers;
    this.body = frame.body;
  }

  get command(): string {
    return this.frame.command;
  }

  get destination(): string | undefined {
    return this.headers.destination;
  }

  get text(): string {
    return this.body.toString('utf8');
  }

  /** The body as JSON. @throws SyntaxError */
  json<T = any>(): T {
    return JSON.parse(this.text) as T;
  }
}
