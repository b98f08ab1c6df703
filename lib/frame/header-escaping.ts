import type { StompVersion } from './stomp-command.js';

const ESCAPABLE = /[\\\r\n:]/;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  ':': '\\c',
};

/**
 * A header name or value as STOMP 1.1 and 1.2 write it. STOMP 1.1 cannot write a carriage return: it is left out, because
 * a bare one breaks the frame for clients that take it for a line end.
 */
export function escapeHeader(text: string, version: StompVersion): string {
  if (!ESCAPABLE.test(text)) return text;
  return text.replace(/[\\\r\n:]/g, (char) =>
    char === '\r' && version !== '1.2' ? '' : ESCAPES[char]!,
  );
}

/**
 * Whether a header can be written where nothing is escaped, in STOMP 1.0 and in CONNECT and CONNECTED: it would end up as
 * another header otherwise.
 */
export function isWritableUnescaped(name: string, value: string): boolean {
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
