/** Injection token of `ChatOptions`. */
export const CHAT_OPTIONS = Symbol('chat options');

export interface ChatOptions {
  /** How many seconds a token is good for. @default 120 */
  tokenSeconds?: number;
  /** How many seconds before its end a client is told to renew it. @default 60 */
  warnSeconds?: number;
}
