// Turns received traffic into comparable JSON.

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value && typeof value === 'object') {
    return Object.fromEntries(
      Object.keys(value)
        .sort()
        .map((k) => [k, sorted(value[k])]),
    );
  }
  return value;
}

export function bodyOf(bytes, contentType) {
  if (bytes.length === 0) return '';
  const text = bytes.toString('utf8');
  if (Buffer.compare(Buffer.from(text, 'utf8'), bytes) !== 0 || /[\0]/.test(text))
    return { base64: bytes.toString('base64') };
  const type = String([contentType].flat()[0] ?? '');
  if (/json/i.test(type)) {
    try {
      const json = sorted(JSON.parse(text));
      if (json && typeof json.entropy === 'number') json.entropy = '<entropy>';
      return { json };
    } catch {
      return text;
    }
  }
  return text;
}

const text = (value) =>
  String(value)
    .replace(/Unknown session: .*/, 'Unknown session: <session>')
    .replace(uuid, '<uuid>');

export function normaliseFrame({ command, headers, body, wrongLength }, { binary, seen }) {
  const out = {};
  for (const name of Object.keys(headers).sort()) {
    const value = headers[name];
    if (name === 'content-length') {
      if (wrongLength || Array.isArray(value)) out[name] = '<wrong>';
    } else if (name === 'message-id') {
      const key = [headers.subscription, value].join('\0');
      out[name] = value === '' ? '<empty>' : seen.has(key) ? '<repeated>' : '<message-id>';
      seen.add(key);
    } else if (name === 'session' || name === 'server' || name === 'ack') {
      out[name] = `<${name}>`;
    } else if (name === 'destination') {
      out[name] = text(value).replace(/-user[A-Za-z0-9_.~-]+$/, '-user<session>');
    } else if (name === 'content-type') {
      out[name] = String(value)
        .toLowerCase()
        .replace(/\s*;\s*/g, ';');
    } else {
      out[name] = Array.isArray(value) ? value.map(text) : value === null ? null : text(value);
    }
  }
  const frame = { command, headers: out, body: bodyOf(body, headers['content-type']) };
  if (binary) frame.binary = true;
  return frame;
}

/**
 * Items of one client in one step become: control items in order, messages grouped by subscription
 * in order, and whether there were heartbeats.
 */
export function group(items) {
  const result = {};
  for (const item of items) {
    if (item.heartbeat) result.heartbeats = true;
    else if (item.frame?.command === 'MESSAGE') {
      const key = String([item.frame.headers.subscription].flat()[0] ?? '(none)');
      result.messages ??= {};
      (result.messages[key] ??= []).push(item.frame);
    } else (result.control ??= []).push(item);
  }
  if (result.messages)
    result.messages = Object.fromEntries(
      Object.entries(result.messages).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  return result;
}

/** Removes what a scenario says must not be compared. */
export function relax(transcript, scenario) {
  const drop = new Set(scenario.ignoreHeaders ?? []);
  const visitFrame = (frame) => {
    for (const name of drop) delete frame.headers[name];
    if (scenario.ignoreErrorBody && frame.command === 'ERROR') delete frame.body;
  };
  const copy = JSON.parse(JSON.stringify(transcript));
  for (const step of copy) {
    if (step.http) {
      if (scenario.ignoreHttpBody) delete step.http.body;
      for (const name of drop) delete step.http.headers?.[name];
    }
    for (const received of Object.values(step.clients ?? {})) {
      for (const item of received.control ?? []) {
        if (item.frame) visitFrame(item.frame);
        if (item.close) delete item.close.reason;
        if (item.close && scenario.ignoreCloseCode) delete item.close.code;
      }
      for (const list of Object.values(received.messages ?? {})) list.forEach(visitFrame);
      if (scenario.ignoreHeartbeats) delete received.heartbeats;
    }
    for (const [name, received] of Object.entries(step.clients ?? {}))
      if (Object.keys(received).length === 0) delete step.clients[name];
  }
  return copy;
}

/** Of an ERROR frame only that it came, that it says something, and its own extra headers (x-...) are compared: texts are the server's. */
export function ownErrors(transcript) {
  const copy = JSON.parse(JSON.stringify(transcript));
  for (const step of copy) {
    for (const received of Object.values(step.clients ?? {})) {
      for (const item of received.control ?? []) {
        if (item.frame?.command !== 'ERROR') continue;
        const headers = { message: '<text>' };
        for (const [name, value] of Object.entries(item.frame.headers))
          if (name.startsWith('x-')) headers[name] = value;
        if ('content-length' in item.frame.headers)
          headers['content-length'] = item.frame.headers['content-length'];
        if (item.frame.headers.message === '') headers.message = '';
        item.frame = { command: 'ERROR', headers };
      }
    }
  }
  return copy;
}

export function differences(expected, actual, path = '') {
  if (Object.is(expected, actual)) return [];
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const out = [];
    for (let i = 0; i < Math.max(expected.length, actual.length); i++)
      out.push(...differences(expected[i], actual[i], `${path}[${i}]`));
    return out;
  }
  if (
    expected &&
    actual &&
    typeof expected === 'object' &&
    typeof actual === 'object' &&
    !Array.isArray(expected) &&
    !Array.isArray(actual)
  ) {
    const out = [];
    for (const key of [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort())
      out.push(...differences(expected[key], actual[key], `${path}.${key}`));
    return out;
  }
  return [{ path, expected, actual }];
}
