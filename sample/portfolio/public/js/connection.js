import { Client } from '@stomp/stompjs';

const RECONNECT_MS = 2000;
const PASSCODES = { fabrice: 'fab123', paulson: 'bond' };

/** The STOMP connection of the page: it comes back by itself, with all its subscriptions. */
export class Connection extends EventTarget {
  #client = new Client({
    brokerURL: new URL('/portfolio', location.href.replace(/^http/, 'ws')).href,
    reconnectDelay: RECONNECT_MS,
    onConnect: () => this.#connected(),
    onStompError: (frame) => this.#tell('refused', frame.headers.message),
    onWebSocketClose: () => this.#lost(),
  });
  #subscriptions = [];

  /** Every message of the destination, body parsed, from the next connection on. */
  subscribe(destination, listener) {
    this.#subscriptions.push({ destination, listener });
  }

  /** Connects as an account of the demo; an open connection is closed first. */
  async open(account) {
    await this.#client.deactivate();
    this.#tell('connecting');
    const passcode = PASSCODES[account];
    this.#client.connectHeaders = passcode ? { login: account, passcode } : {};
    this.#client.activate();
  }

  send(destination, body) {
    this.#client.publish({
      destination,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  }

  #connected() {
    for (const { destination, listener } of this.#subscriptions)
      this.#client.subscribe(destination, (message) => listener(parse(message)));
    this.#tell('live');
  }

  #lost() {
    if (this.#client.active) this.#tell('lost');
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

const parse = ({ headers, body }) =>
  headers['content-type']?.startsWith('application/json') ? JSON.parse(body) : body;
