import { COMMANDS, type CommandTraits } from './command-traits.js';
import { unescapeHeader } from './header-escaping.js';
import { StompCommand, type StompVersion } from './stomp-command.js';
import { StompFrameException, type StompFrameErrorCode } from './stomp-frame.exception.js';

const NO_CONTENT_LENGTH = -1;
// Passed on instead of its equals, which are slices of a frame: whoever compares it again compares one and the same string.
const CONTENT_LENGTH = 'content-length';

// In one line, but not quoted as elsewhere: these texts are Spring's.
const shorten = (text: string): string =>
  (text.length > 80 ? `${text.slice(0, 80)}…` : text).replace(/[\p{Cc}\u2028\u2029]/gu, escaped);
const escaped = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

const SECRET = /passcode|password|authorization|token|cookie|secret|credential|api-?key/i;

/** Spring: a negative content-length, or one that is no number, counts as none. */
function contentLengthOf(value: string): number {
  let length = 0;
  for (let i = 0; i < value.length; i++) {
    const digit = value.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return NO_CONTENT_LENGTH;
    length = 10 * length + digit;
  }
  return value === '' ? NO_CONTENT_LENGTH : length;
}

/** Command and headers of one frame while they are read. */
export class FrameHead {
  traits: CommandTraits | undefined;
  readonly headers: string[] = [];
  /** Octets of the body as announced; -1 when it ends at the first NUL. */
  contentLength = NO_CONTENT_LENGTH;

  /** @throws StompFrameException */
  readCommand(text: string): void {
    this.traits = COMMANDS.get(text);
    if (this.traits !== undefined) return;
    // Other texts may be a header that belongs to a secret.
    const shown = /^[\w-]{1,32}$/.test(text) ? ` '${text}'` : '';
    throw this.exception('STOMP_ERR_UNKNOWN_COMMAND', `Unknown STOMP command${shown}`);
  }

  /** Adds a header as it stands on the wire. @throws StompFrameException */
  addHeader(name: string, value: string): void {
    if (name === CONTENT_LENGTH) {
      if (this.contentLength === NO_CONTENT_LENGTH) this.contentLength = contentLengthOf(value);
      this.headers.push(CONTENT_LENGTH, value);
    } else this.headers.push(name, value);
  }

  /** Adds a header that has escapes in it. @throws StompFrameException */
  addEscapedHeader(name: string, value: string, version: StompVersion): void {
    // STOMP 1.2, Value Encoding: CONNECT and CONNECTED are not escaped. STOMP 1.0 knows no escapes.
    if (version === '1.0' || !this.traits!.isEscaped) this.addHeader(name, value);
    else this.addHeader(this.unescape(name, name, version), this.unescape(value, name, version));
  }

  /** Whether it is a CONNECT that asks for 1.0. STOMP 1.2, Protocol Negotiation: as one does without accept-version. */
  get isConnectOf10(): boolean {
    const { command } = this.traits!;
    if (command !== StompCommand.CONNECT && command !== StompCommand.STOMP) return false;
    const accepted = this.valueOf('accept-version');
    return accepted === undefined || accepted.trim() === '1.0';
  }

  /** STOMP 1.0: its own examples have a space behind the colon; 1.1 ended the trimming. @throws StompFrameException */
  trimHeaders(): void {
    const untrimmed = this.headers.splice(0);
    this.contentLength = NO_CONTENT_LENGTH;
    for (let i = 0; i < untrimmed.length; i += 2) {
      const name = untrimmed[i]!.trim();
      const value = untrimmed[i + 1]!.trim();
      if (name === '') throw this.badHeader(`:${value}`);
      this.addHeader(name, value);
    }
  }

  /** What is wrong with a line that has no name, or no colon. */
  badHeader(line: string): StompFrameException {
    const shown = this.isSecret(line) ? 'Illegal header.' : `Illegal header: '${shorten(line)}'.`;
    const rule = 'A header must be of the form <name>:[<value>].';
    return this.exception('STOMP_ERR_BAD_HEADER', `${shown} ${rule}`);
  }

  /** An exception that names this frame and its receipt. */
  exception(code: StompFrameErrorCode, message: string): StompFrameException {
    const receiptId = this.valueOf('receipt');
    return new StompFrameException(message, code, { command: this.traits?.command, receiptId });
  }

  private valueOf(name: string): string | undefined {
    const at = this.headers.findIndex((text, i) => i % 2 === 0 && text === name);
    return at < 0 ? undefined : this.headers[at + 1];
  }

  private unescape(text: string, name: string, version: StompVersion): string {
    return unescapeHeader(text, version, (index) => {
      const shown = this.isSecret(name) ? '' : `: ${shorten(text)}`;
      throw this.exception(
        'STOMP_ERR_BAD_ESCAPE',
        `Illegal escape sequence at index ${index}${shown}`,
      );
    });
  }

  /** Whether a line is or may be about credentials: then it is never quoted. */
  private isSecret(line: string): boolean {
    return this.traits?.isEscaped === false || SECRET.test(line);
  }
}
