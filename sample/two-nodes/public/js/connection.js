import { Client } from '@stomp/stompjs';

const RECONNECT_MS = 1000;
/** Refused; signed out: nothing that trying again would change. */
const FINAL_CODES = [1008, 4001];

/** The STOMP connection to the node that this page comes from. It comes back by itself unless the server ended it for a reason. */
export class Connection extends EventTarget {
  #client;
  #refusal;

  constructor() {
    super();
    this.#client = new Client({
      brokerURL: new URL('/stomp', location.href.replace(/^http/, 'ws')).href,
      reconnectDelay: RECONNECT_MS,
      onConnect: () => this.#tell('live'),
      onStompError: ({ headers }) => (this.#refusal = headers.message),
      onWebSocketClose: (event) => this.#closed(event),
    });
  }

  open(login) {
    this.#refusal = undefined;
    this.#client.configure({ connectHeaders: { login } });
    this.#client.activate();
  }

  /** Every message of the destination as long as this connection lasts, JSON parsed. */
  subscribe(destination, listener) {
    this.#client.subscribe(destination, ({ body }) => listener(JSON.parse(body)));
  }

  /** Does nothing when there is no connection. */
  send(destination, body = {}) {
    if (!this.#client.connected) return;
    this.#client.publish({
      destination,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  }

  #closed({ code, reason }) {
    if (!this.#client.active) return;
    if (!FINAL_CODES.includes(code)) return this.#tell('lost');
    void this.#client.deactivate();
    this.#tell('ended', this.#refusal ?? reason);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
