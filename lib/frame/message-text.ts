import { isPlain } from './header-escaping.js';

/** A piece of text around a value that is mostly the one of the message before. */
class KeptPiece {
  private value = '';
  private piece: string | undefined;

  constructor(
    private readonly before: string,
    private readonly after: string,
  ) {
    this.piece = before + after;
  }

  /** Undefined for a value that cannot be written as it is. */
  of(value: string): string | undefined {
    if (value !== this.value) {
      this.value = value;
      this.piece = isPlain(value) ? this.before + value + this.after : undefined;
    }
    return this.piece;
  }
}

const BEGIN = new KeptPiece('destination:', '\nmessage-id:');
const UNTYPED = '\ncontent-length:';
const TYPED = new KeptPiece('\ncontent-type:', UNTYPED);

/**
 * What `messageTailText` gives for a message with these headers only, of fewer pieces: the more of them a text is joined
 * of, the longer it takes to write. Undefined when something has to be escaped, or is not ASCII.
 *
 * @param body one character an octet
 */
export function plainTailText(
  destination: string,
  messageId: string,
  contentType: string | undefined,
  body: string,
): string | undefined {
  const begin = BEGIN.of(destination);
  const middle = contentType === undefined ? UNTYPED : TYPED.of(contentType);
  if (begin === undefined || middle === undefined || !isPlain(messageId)) return undefined;
  return `${begin}${messageId}${middle}${body.length}\n\n${body}\0`;
}
