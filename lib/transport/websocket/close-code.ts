/** The code that `ws` closes with, by the code of its error; RFC 6455, 7.4.1. */
const CLOSE_CODES: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
};

/** The code of the close frame that `ws` sends for a client's error; 1006 when the socket itself failed. */
export function closeCodeOf(error: Error & { code?: unknown }): number {
  const code = String(error.code);
  return code.startsWith('WS_ERR_') ? (CLOSE_CODES[code] ?? 1002) : 1006;
}
