/** What was thrown says of itself: the message of an Error, and the text of anything else. */
export function errorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
