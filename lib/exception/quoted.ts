/** A text from a client as one short line, for logs and ERROR frames. */
export function quoted(text: string | undefined): string {
  if (text === undefined) return 'without name';
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
