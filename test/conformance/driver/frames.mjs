// A tiny STOMP reader and writer, independent of any implementation under test.

const escapes = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', ':': '\\c' };
const unescapes = { '\\\\': '\\', '\\n': '\n', '\\r': '\r', '\\c': ':' };

export function encode({ command, headers = {}, body = '', escape, contentLength, eol = '\n' }) {
  const mustEscape = escape ?? !['CONNECT', 'STOMP'].includes(command);
  const enc = (text) =>
    mustEscape ? String(text).replace(/[\\\n\r:]/g, (c) => escapes[c]) : String(text);
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body, 'utf8');
  const lines = [command];
  for (const [name, value] of headerPairs(headers)) lines.push(`${enc(name)}:${enc(value)}`);
  if (contentLength !== undefined)
    lines.push(`content-length:${contentLength === true ? bytes.length : contentLength}`);
  return Buffer.concat([Buffer.from(lines.join(eol) + eol + eol, 'utf8'), bytes, Buffer.from([0])]);
}

function headerPairs(headers) {
  if (Array.isArray(headers)) return headers;
  return Object.entries(headers).flatMap(([k, v]) =>
    Array.isArray(v) ? v.map((x) => [k, x]) : [[k, v]],
  );
}

/** Reads every frame of one WebSocket message. Yields {heartbeat}, {frame} or {garbage}. */
export function decode(buffer) {
  const items = [];
  let pos = 0;
  while (pos < buffer.length) {
    if (buffer[pos] === 10 || (buffer[pos] === 13 && buffer[pos + 1] === 10)) {
      if (items.length === 0 || items.at(-1).heartbeat) items.push({ heartbeat: true });
      pos += buffer[pos] === 13 ? 2 : 1;
      continue;
    }
    const head = headEnd(buffer, pos);
    if (!head) {
      items.push({ garbage: buffer.subarray(pos).toString('latin1') });
      break;
    }
    const lines = buffer.subarray(pos, head.at).toString('utf8').split(/\r?\n/);
    const command = lines.shift();
    const raw = command === 'CONNECTED';
    const headers = {};
    for (const line of lines) {
      const colon = line.indexOf(':');
      const name = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? null : line.slice(colon + 1);
      const un = (text) =>
        raw || text === null ? text : text.replace(/\\[\\nrc]/g, (c) => unescapes[c]);
      const key = un(name);
      if (Object.hasOwn(headers, key)) headers[key] = [headers[key]].flat().concat(un(value));
      else headers[key] = un(value);
    }
    const declared = [headers['content-length']].flat()[0];
    let end =
      declared !== undefined && /^\d+$/.test(declared)
        ? head.body + Number(declared)
        : buffer.indexOf(0, head.body);
    let wrong = false;
    if (end < 0 || end >= buffer.length || buffer[end] !== 0) {
      wrong = true;
      end = buffer.indexOf(0, head.body);
      if (end < 0) end = buffer.length;
    }
    items.push({
      frame: { command, headers, body: buffer.subarray(head.body, end), wrongLength: wrong },
    });
    pos = end + 1;
  }
  return items;
}

function headEnd(buffer, from) {
  for (let i = from; i < buffer.length; i++) {
    if (buffer[i] !== 10) continue;
    if (buffer[i + 1] === 10) return { at: i, body: i + 2 };
    if (buffer[i + 1] === 13 && buffer[i + 2] === 10) return { at: i, body: i + 3 };
  }
  return null;
}
