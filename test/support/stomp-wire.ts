/** A frame as it was received: the first value of each header, and its body as octets. */
export interface ReceivedFrame {
  command: string;
  headers: Record<string, string>;
  /** Every header line in order, unescaped. */
  lines: [name: string, value: string][];
  body: Buffer;
  text: string;
  /** Whether it came in a binary WebSocket message. */
  binary: boolean;
}

export type Headers = Record<string, string | number | readonly string[]>;

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', ':': '\\c' };
const UNESCAPES: Record<string, string> = { '\\\\': '\\', '\\n': '\n', '\\r': '\r', '\\c': ':' };

const escape = (text: string): string => text.replace(/[\\\n\r:]/g, (char) => ESCAPES[char]!);
const unescape = (text: string): string =>
  text.replace(/\\[\\nrc]/g, (pair) => UNESCAPES[pair] ?? pair);

/** The octets of one STOMP 1.2 frame; CONNECT and STOMP are not escaped. */
export function frameOctets(
  command: string,
  headers: Headers = {},
  body: string | Buffer = '',
): Buffer {
  const plain = command === 'CONNECT' || command === 'STOMP';
  const enc = (text: string): string => (plain ? text : escape(text));
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => `${enc(name)}:${enc(String(value))}\n`),
  );
  return Buffer.concat([
    Buffer.from(`${command}\n${lines.join('')}\n`),
    Buffer.from(body),
    Buffer.of(0),
  ]);
}

/** Reads the frames of one WebSocket message; `heartbeats` counts the line feeds outside of frames. */
export function readFrames(
  data: Buffer,
  binary: boolean,
): { frames: ReceivedFrame[]; heartbeats: number } {
  const frames: ReceivedFrame[] = [];
  let heartbeats = 0;
  let at = 0;
  while (at < data.length) {
    if (data[at] === 10) {
      heartbeats++;
      at++;
      continue;
    }
    const headEnd = data.indexOf('\n\n', at);
    if (headEnd < 0) throw new Error(`no frame: ${JSON.stringify(data.subarray(at).toString())}`);
    const frame = readHead(data.toString('utf8', at, headEnd), binary);
    const start = headEnd + 2;
    const length = frame.headers['content-length'];
    const end = length === undefined ? data.indexOf(0, start) : start + Number(length);
    if (end < 0 || data[end] !== 0) throw new Error(`${frame.command} frame without its NUL`);
    frame.body = data.subarray(start, end);
    frame.text = frame.body.toString();
    frames.push(frame);
    at = end + 1;
  }
  return { frames, heartbeats };
}

function readHead(head: string, binary: boolean): ReceivedFrame {
  const [command = '', ...rest] = head.split('\n');
  const plain = command === 'CONNECTED';
  const lines = rest.map((line): [string, string] => {
    const colon = line.indexOf(':');
    const pair = [line.slice(0, colon), line.slice(colon + 1)] as const;
    return plain ? [...pair] : [unescape(pair[0]), unescape(pair[1])];
  });
  const headers = Object.fromEntries([...lines].reverse());
  return { command, headers, lines, body: Buffer.alloc(0), text: '', binary };
}
