import WebSocket from 'ws';
import { decode } from './frames.mjs';
import { normaliseFrame } from './normalise.mjs';

/** One WebSocket connection that records everything it receives. */
export class Client {
  items = [];
  seen = new Set();
  opened = false;
  closed = false;
  autoHeartbeat = null;

  constructor(name, url, { protocols, headers, sockjs, localPort } = {}, activity) {
    this.name = name;
    this.sockjs = sockjs;
    this.activity = activity;
    const ws = (this.ws = new WebSocket(url, protocols ?? [], {
      headers,
      perMessageDeflate: false,
      handshakeTimeout: 5000,
      skipUTF8Validation: true,
      maxPayload: 0,
      followRedirects: false,
      localPort,
    }));
    ws.binaryType = 'nodebuffer';
    this.ready = new Promise((resolve) => {
      ws.on('open', () => {
        this.opened = true;
        this.push({ open: { protocol: ws.protocol || null } });
        resolve();
      });
      ws.on('unexpected-response', (req, res) => {
        const chunks = [];
        res.on('data', (c) => chunks.push(c));
        res.on('end', () => {
          this.closed = true;
          this.push({ refused: { status: res.statusCode } });
          resolve();
        });
      });
      ws.on('error', (error) => {
        if (!this.opened && !this.closed) {
          this.closed = true;
          this.push({ refused: { error: 'handshake' } });
        }
        resolve();
      });
      ws.on('close', (code, reason) => {
        if (this.opened) this.push({ close: { code, reason: reason.toString() } });
        this.closed = true;
        clearInterval(this.autoHeartbeat);
        resolve();
      });
    });
    ws.on('message', (data, binary) => this.receive(data, binary));
  }

  push(item) {
    this.items.push(item);
    this.activity();
  }

  receive(data, binary) {
    if (this.sockjs) {
      const text = data.toString('utf8');
      if (text[0] === 'a') {
        for (const part of JSON.parse(text.slice(1))) this.frames(Buffer.from(part, 'utf8'), false);
      } else this.push({ sockjs: text });
      return;
    }
    this.frames(data, binary);
  }

  frames(data, binary) {
    const list = decode(data);
    if (list.length === 0) this.push({ empty: true });
    for (const item of list) {
      if (item.frame) this.push({ frame: normaliseFrame(item.frame, { binary, seen: this.seen }) });
      else this.push(item);
    }
  }

  send(data, { binary = false, fin = true } = {}) {
    if (this.ws.readyState !== WebSocket.OPEN) return;
    if (this.sockjs) this.ws.send(JSON.stringify([data.toString('utf8')]));
    else this.ws.send(data, { binary, fin });
  }

  take() {
    const items = this.items;
    this.items = [];
    return items;
  }
}
