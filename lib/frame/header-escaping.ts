import type { StompVersion } from './stomp-command.js';

const ESCAPABLE = /[\\\r\n:]/;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  ':': '\\c',
};

/** By ASCII code: 1 for what has to be escaped, or may not be written. */
export const SPECIAL = new Uint8Array(0x80);
for (const char of '\0\n\r:\\') SPECIAL[char.charCodeAt(0)] = 1;

/** Whether a text is written as it is in every version, an octet a character. */
export function isPlain(text: string): boolean {
  let special = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    special |= SPECIAL[code & 0x7f]! | (code >> 7);
  }
  return special === 0;
}

/** A header name or value as STOMP 1.1 and 1.2 write it. */
export function escapeHeader(text: string): string {
  if (!ESCAPABLE.test(text)) return text;
  return text.replace(/[\\\r\n:]/g, (char) => ESCAPES[char]!);
}

/**
 * Whether a header can be written so that it is read as it is. Nothing is escaped in STOMP 1.0 (nor in CONNECT and
 * CONNECTED, which count as such), and no carriage return in 1.1, where some readers take a bare one for a line end.
 */
export function isWritable(name: string, value: string, version: StompVersion): boolean {
  if (version === '1.2') return true;
  if (version === '1.1') return !name.includes('\r') && !value.includes('\r');
  return !/[\r\n:]/.test(name) && !/[\r\n]/.test(value);
}

/**
 * Undoes the escapes of STOMP 1.1 and 1.2.
 *
 * @param onIllegal called with the index of an escape that the version does not know; must throw
 */
export function unescapeHeader(
  text: string,
  version: StompVersion,
  onIllegal: (index: number) => never,
): string {
  let plain = '';
  let done = 0;
  for (let i = text.indexOf('\\'); i !== -1; i = text.indexOf('\\', done)) {
    plain += text.slice(done, i) + unescaped(text, i + 1, version, onIllegal);
    done = i + 2;
  }
  return done === 0 ? text : plain + text.slice(done);
}

function unescaped(
  text: string,
  at: number,
  version: StompVersion,
  onIllegal: (index: number) => never,
): string {
  switch (text[at]) {
    case 'n':
      return '\n';
    case 'c':
      return ':';
    case '\\':
      return '\\';
    case 'r':
      // STOMP 1.1, Value Encoding: any escape but \n, \c and \\ is fatal
      return version === '1.2' ? '\r' : onIllegal(at - 1);
    default:
      return onIllegal(at - 1);
  }
}
