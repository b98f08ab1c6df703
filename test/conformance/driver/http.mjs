import http from 'node:http';
import { bodyOf } from './normalise.mjs';

const kept = [
  'content-type',
  'location',
  'allow',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'upgrade',
  'sec-websocket-protocol',
  'sec-websocket-version',
];

const caseless = new Set(['content-type', 'upgrade', 'allow']);

export function request(base, { method = 'GET', path, headers = {}, body, keepHeaders = [] }) {
  const url = new URL(path, base);
  return new Promise((resolve) => {
    const req = http.request(url, { method, headers, agent: false, timeout: 5000 });
    const done = (res, data) => {
      const out = {};
      for (const name of [...kept, ...keepHeaders])
        if (res.headers[name] !== undefined)
          out[name] = caseless.has(name)
            ? String(res.headers[name]).toLowerCase()
            : String(res.headers[name]);
      if (out['content-type']) out['content-type'] = out['content-type'].replace(/\s*;\s*/g, ';');
      if (out.allow)
        out.allow = out.allow
          .split(/\s*,\s*/)
          .sort()
          .join(',');
      resolve({
        status: res.statusCode,
        headers: out,
        body: bodyOf(data, res.headers['content-type']),
      });
    };
    req.on('response', (res) => {
      const chunks = [];
      res.on('data', (c) => chunks.push(c));
      res.on('end', () => done(res, Buffer.concat(chunks)));
    });
    req.on('upgrade', (res, socket) => {
      socket.destroy();
      done(res, Buffer.alloc(0));
    });
    req.on('timeout', () => req.destroy(new Error('timeout')));
    req.on('error', (error) => resolve({ error: error.code ?? error.message }));
    req.end(body);
  });
}
