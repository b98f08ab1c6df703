/** Whether a connection may be closed with this code: RFC 6455, 7.4, and what of it `ws` sends. */
export function isSendableCloseCode(code: unknown): code is number {
  if (typeof code !== 'number' || !Number.isInteger(code)) return false;
  // 1004 to 1006 and 1015 are never sent; 1016 to 2999 are nobody's.
  return (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) || isFree(code);
}

/** For libraries and applications to use. */
function isFree(code: number): boolean {
  return code >= 3000 && code <= 4999;
}
