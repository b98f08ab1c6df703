import type { StompFrame } from '../frame/index.js';

const CREDENTIALS = new Set(['passcode', 'authorization']);
const BODY_SHOWN = 200;

/**
 * What went over a connection, for people to read.
 *
 * @publicApi
 */
export class FrameLog {
  private readonly begin = Date.now();
  private readonly lines: string[] = [];

  /** @param direction `>` from the client, `<` from the server */
  add(direction: '>' | '<', frame: StompFrame): void {
    const headers: string[] = [];
    for (let i = 0; i < frame.headers.length; i += 2)
      headers.push(shown(frame.headers[i]!, frame.headers[i + 1]!));
    const text = frame.body.toString('utf8');
    const body =
      text.length > BODY_SHOWN
        ? `${text.slice(0, BODY_SHOWN)}… (${frame.body.length} octets)`
        : text;
    this.note(
      `${direction} ${frame.command} ${headers.join(' ')}${body && ` ${JSON.stringify(body)}`}`,
    );
  }

  note(text: string): void {
    this.lines.push(`${String(Date.now() - this.begin).padStart(6)} ms ${text}`);
  }

  toString(): string {
    return this.lines.join('\n');
  }
}

function shown(name: string, value: string): string {
  return `${name}:${CREDENTIALS.has(name.toLowerCase()) ? '[PROTECTED]' : JSON.stringify(value).slice(1, -1)}`;
}
