import { Buffer } from 'node:buffer';

/**
 * A text on its way to be octets, in UTF-8. They are made when somebody looks at them: what goes to a single client often
 * never is, because short frames leave as texts.
 */
export class TextPayload {
  private octets: Buffer | undefined;

  constructor(
    private readonly text: string,
    readonly contentType: string,
  ) {}

  get payload(): Buffer {
    return (this.octets ??= Buffer.from(this.text, 'utf8'));
  }

  /** The text, until the octets were handed out: who has them may have changed them. */
  get unreadText(): string | undefined {
    return this.octets === undefined ? this.text : undefined;
  }
}
