import { Client } from '@stomp/stompjs';

const RECONNECT_MS = 2000;
const CONNECT_TIMEOUT_MS = 10_000;
const PASSCODES = { fabrice: 'fab123', paulson: 'bond' };

/** The STOMP connection of the page: it comes back by itself, with all its subscriptions. */
export class Connection extends EventTarget {
  #client = new Client({
    webSocketFactory: () => this.#socket(),
    reconnectDelay: RECONNECT_MS,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    // A dead network answers no close: waiting for one takes a minute more.
    discardWebsocketOnCommFailure: true,
    beforeConnect: () => this.#useSockJs && loadSockJs(),
    onConnect: () => this.#connected(),
    onStompError: ({ body }) => this.#tell('refused', body.split('\n', 1)[0]),
    onWebSocketClose: () => this.#lost(),
  });
  #subscriptions = [];
  #wasLive = false;
  #useSockJs = false;

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

  #socket() {
    if (this.#useSockJs) return new SockJS('/portfolio');
    return new WebSocket(new URL('/portfolio', location.href.replace(/^http/, 'ws')), 'v12.stomp');
  }

  #connected() {
    this.#wasLive = true;
    for (const { destination, listener } of this.#subscriptions)
      this.#client.subscribe(destination, (message) => listener(parse(message)));
    this.#tell('live');
  }

  #lost() {
    // A WebSocket that never worked may be kept back by a proxy: SockJS finds another way.
    this.#useSockJs ||= !this.#wasLive;
    if (this.#client.active) this.#tell('lost');
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** SockJS is no module: it comes as a script, and only when it is needed. */
const loadSockJs = () =>
  window.SockJS ??
  new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = '/sockjs/sockjs.min.js';
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });

const parse = ({ headers, body }) =>
  headers['content-type']?.startsWith('application/json') ? JSON.parse(body) : body;
