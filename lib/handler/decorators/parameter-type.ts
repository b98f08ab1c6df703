/**
 * Numbers of our parameter decorators among Nest's (0 to 15). 3 and 5 are Nest's BODY and PARAM, so that pipes see
 * `body` and `param`; 0 is what Nest's `@ConnectedSocket()` writes.
 */
export enum ParameterType {
  SESSION = 0,
  PAYLOAD = 3,
  DESTINATION_VARIABLE = 5,
  HEADER = 100,
  HEADERS = 101,
  PRINCIPAL = 102,
  SESSION_ATTRIBUTE = 103,
  MESSAGE = 104,
}
